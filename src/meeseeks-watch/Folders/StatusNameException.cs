using MeeseeksBox.Foundation.Files;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>A status file cannot be written or removed because of what is at its name. Other status files can be.</summary>
internal sealed class StatusNameException(string path, Exception problem)
    : IOException($"{Path.GetFileName(path)}: {FileProblem.Reason(path, problem)}", problem);
