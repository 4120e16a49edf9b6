using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.Runner.Starting;

/// <summary>Checks the folder and the files of a process before its start (docs/SPECIFICATION.md#start-failures).</summary>
/// <remarks>For errors in words: the system would only tell a number.</remarks>
internal static class StartChecks
{
    /// <summary>Why an order cannot be carried out; null when nothing speaks against it.</summary>
    public static string? Fault(StartOrder order) =>
        FolderFault(order.Folder) ?? InputFault(order.Input) ?? OutputFault("stdout", order.Output) ?? OutputFault("stderr", order.Errors);

    private static string? FolderFault(string folder)
    {
        // One call for a folder that fits.
        if (LibC.Access(folder + "/.", AccessMode.Executable) is 0)
            return null;
        var kind = FileKind.Of(folder);
        if (kind is FileKind.Folder)
            return LibC.Access(folder, AccessMode.Executable) == 0 ? null : $"cannot work in {folder}: this node may not enter it";

        return $"cannot work in {folder}: {(kind is not FileKind.None ? "it is a file, not a folder" : "there is no such folder")}";
    }

    private static string? InputFault(string? file)
    {
        if (file is null)
            return null;
        var kind = FileKind.Of(file);
        if (kind is FileKind.Folder)
            return $"cannot read stdin: {file} is a folder";
        if (kind is FileKind.None)
            return $"cannot read stdin: there is no file {file}";

        return LibC.Access(file, AccessMode.Readable) == 0 ? null : $"cannot read stdin: {file} may not be read by this node";
    }

    private static string? OutputFault(string stream, string? file)
    {
        if (file is null)
            return null;
        var kind = FileKind.Of(file);
        if (kind is FileKind.Folder)
            return $"cannot write {stream}: {file} is a folder";

        var folder = Path.GetDirectoryName(file)!;
        if (FileKind.Of(folder) is not FileKind.Folder)
            return $"cannot write {stream} to {file}: there is no folder {folder}";

        return kind is FileKind.None || LibC.Access(file, AccessMode.Writable) == 0
            ? null
            : $"cannot write {stream}: {file} may not be written to by this node";
    }
}
