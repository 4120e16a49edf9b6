using MeeseeksBox.Client;
using MeeseeksBox.Protocol.Configuration;
using MeeseeksBox.Protocol.Tls;
using MeeseeksBox.Protocol.Unix;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>The client options: where the box is, and how it is spoken to (docs/SPECIFICATION.md#client-options).</summary>
internal sealed record ClientSettings
{
    /// <summary>The variable that holds client options.</summary>
    public const string Variable = "MEESEEKS_CONF";

    private const string FileKey = "file=";

    private static readonly string[] Keys = ["address", "port", "refresh", "timeout", "log", SslConfig.Key];

    /// <summary>Where the box is.</summary>
    public required MeeseeksClientOptions Options { get; init; }

    /// <summary>How often a status is shown anew, until no jobs are left; null: once.</summary>
    public TimeSpan? Refresh { get; init; }

    /// <summary>The file that a line is appended to for what was done; null: none.</summary>
    public string? Log { get; init; }

    /// <summary>What was odd in the options, one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether a word that stands after the command is a client option all the same.</summary>
    public static bool IsClientWord(string word) =>
        CommandLineSetting.IsSetting(word) && Keys.Any(key => word.StartsWith($"{key}=", StringComparison.Ordinal) || (key is SslConfig.Key && word.StartsWith("ssl.", StringComparison.Ordinal)));

    /// <summary>Reads the options: those of the variable, over them those of files, over them the words.</summary>
    /// <param name="words">The client options of the command line.</param>
    /// <param name="variable">What <see cref="Variable"/> holds.</param>
    /// <exception cref="UsageException">Something is wrong; the message names all of it.</exception>
    public static ClientSettings Read(IReadOnlyList<string> words, string? variable)
    {
        var common = (variable ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(common, word => !CommandLineSetting.IsSetting(word)) is { } odd)
        {
            throw new UsageException($"{Variable}: '{odd}' is not key=value; it holds client options, like address=head1 port=13700");
        }

        string[] all = [.. common, .. words];
        var diagnostics = new ConfigDiagnostics();
        var files = all.Where(word => word.StartsWith(FileKey, StringComparison.Ordinal)).Select(word => word[FileKey.Length..]);
        var tree = ConfigTree.Read([.. files.Select(AsFile), .. all.Where(word => !word.StartsWith(FileKey, StringComparison.Ordinal))], diagnostics);
        var settings = Read(SectionReader.Root(tree, diagnostics), diagnostics);
        return diagnostics.Problems.Count is 0 ? settings : throw new UsageException(string.Join('\n', diagnostics.Problems));
    }

    private static ClientSettings Read(SectionReader root, ConfigDiagnostics diagnostics)
    {
        var defaults = new MeeseeksClientOptions { ReconnectFor = TimeSpan.Zero };
        var refresh = root.SecondsAboveZero("refresh");
        var settings = new ClientSettings
        {
            Options = defaults with
            {
                Address = UnixAddress.Read(root) ?? defaults.Address,
                Port = root.WholeNumber("port", least: 1, most: ushort.MaxValue) ?? defaults.Port,
                Timeout = root.SecondsAboveZero("timeout") ?? defaults.Timeout,
                Refresh = refresh ?? defaults.Refresh,
                Ssl = TlsConfigReader.ReadClient(root),
            },
            Refresh = refresh,
            Log = root.Text("log"),
        };
        root.WarnOfUnknownKeys();
        return settings with { Warnings = diagnostics.Warnings };
    }

    // A file with a "=" in its name would be taken for a word.
    private static string AsFile(string path) => CommandLineSetting.IsSetting(path) ? Path.Combine(".", path) : path;
}
