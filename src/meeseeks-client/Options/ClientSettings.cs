using MeeseeksBox.Client;
using MeeseeksBox.Configuration;
using MeeseeksBox.Tls;

namespace MeeseeksBox.CommandLine.Options;

/// <summary>The client options (docs/SPECIFICATION.md#client-options).</summary>
internal sealed record ClientSettings
{
    /// <summary>The environment variable with client options.</summary>
    public const string Variable = "MEESEEKS_CONF";

    private const string FileKey = "file=";

    private static readonly string[] Keys = ["address", "port", "refresh", "timeout", "log", SslConfig.Key];

    /// <summary>The names of all options.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Keys.Except([SslConfig.Key]),
        FileKey[..^1],
        .. new[] { "cafile", "cert", "key", "verify" }.Select(key => $"{SslConfig.Key}.{key}"),
    ];

    /// <summary>The options for the client library.</summary>
    public required MeeseeksClientOptions Options { get; init; }

    /// <summary>The interval at which a command repeats its output; null: once.</summary>
    public TimeSpan? Refresh { get; init; }

    /// <summary>The log file of calls; null: none.</summary>
    public string? Log { get; init; }

    /// <summary>The warnings about the options, one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether a word after the command is a client option.</summary>
    public static bool IsClientWord(string word) =>
        CommandLineSetting.IsSetting(word)
        && Keys.Any(key => word.StartsWith($"{key}=", StringComparison.Ordinal)
            || (key is SslConfig.Key && word.StartsWith("ssl.", StringComparison.Ordinal)));

    /// <summary>Reads the options. Words override files.</summary>
    /// <param name="words">The client options of the command line; they override the variable.</param>
    /// <param name="variable">The value of <see cref="Variable"/>.</param>
    /// <exception cref="UsageException">Options are wrong; the message lists all mistakes.</exception>
    public static ClientSettings Read(IReadOnlyList<string> words, string? variable)
    {
        var common = (variable ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(common, word => !CommandLineSetting.IsSetting(word)) is { } odd)
            throw new UsageException($"{Variable}: '{odd}' is not key=value; it holds client options, like address=head1 port=13700");

        var diagnostics = new ConfigDiagnostics();
        var files = common.Concat(words).Where(IsFile).Select(word => AsFile(word[FileKey.Length..]));
        var tree = ConfigTree.Read(files, diagnostics);
        tree = ConfigTree.WithWords(tree, common.Where(word => !IsFile(word)), Variable, diagnostics);
        tree = ConfigTree.WithWords(tree, words.Where(word => !IsFile(word)), SourceLocation.CommandLine, diagnostics);
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
                Address = root.Address() ?? defaults.Address,
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

    private static bool IsFile(string word) => word.StartsWith(FileKey, StringComparison.Ordinal);

    // A file name with "=" would be read as a word.
    private static string AsFile(string path) => CommandLineSetting.IsSetting(path) ? Path.Combine(".", path) : path;
}
