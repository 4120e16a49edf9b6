using System.Security.Cryptography;
using System.Text;
using MeeseeksBox.Configuration;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Control;

/// <summary>Finds the control socket of a watcher (docs/SPECIFICATION.md#watch-control).</summary>
/// <remarks>Watcher and command derive it from the same configuration.</remarks>
internal static class ControlPath
{
    /// <summary>The end of the names of all control sockets.</summary>
    public const string Suffix = ".sock";

    private const string Program = "meeseeks-watch";
    private const string SystemFolder = $"/run/{Program}";
    private const int HashLength = 8;
    private const int LongestName = 32;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The name of the socket: of the watcher's name and its configuration files.</summary>
    /// <param name="name">The watcher's name.</param>
    /// <param name="arguments">The arguments. Words are left out, because a command may be called without them.</param>
    public static string FileNameOf(string name, IEnumerable<string> arguments)
    {
        var files = arguments.Where(word => !CommandLineSetting.IsSetting(word)).Select(Path.GetFullPath);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', files.Prepend(name)))));
        var plain = string.Concat(name.Take(LongestName).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return $"{plain}-{hash[..HashLength]}{Suffix}";
    }

    /// <summary>The folder for the socket of a new watcher, which is made; null when there is none that only this user may enter.</summary>
    public static string? FolderForNew() => Folders(IsSystemFolderMade).FirstOrDefault(IsOwn);

    /// <summary>The folders with sockets that this user may trust.</summary>
    public static IReadOnlyList<string> FoldersToSearch() =>
        [.. Folders(_ => true).Where(folder => folder == SystemFolder ? Directory.Exists(folder) : FileKind.IsPrivateFolder(folder))];

    // /run belongs to root, and so to the services that it gives a folder.
    private static IEnumerable<string> Folders(Func<string, bool> isSystemFolder)
    {
        if (isSystemFolder(SystemFolder))
            yield return SystemFolder;
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { } runtime && Path.IsPathRooted(runtime))
            yield return Path.Join(runtime, Program);
        yield return $"/tmp/{Program}-{LibC.EffectiveUser()}";
    }

    private static bool IsSystemFolderMade(string folder) => LibC.EffectiveUser() is 0 || FileKind.IsPrivateFolder(folder);

    // In /tmp, another user may have made a folder or link of this name.
    private static bool IsOwn(string folder)
    {
        _ = LibC.MakeFolder(folder, (int)Private);
        return FileKind.IsPrivateFolder(folder);
    }
}
