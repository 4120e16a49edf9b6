using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Rules;

/// <summary>Where the result of a job belongs, after the folder of its file has perhaps moved or been deleted.</summary>
/// <param name="Work">The work, with the path at which its file is now.</param>
/// <param name="IsPresent">Whether the folder is where the work says; another one may have taken its place.</param>
/// <param name="Loss">Why the result belongs nowhere any more, as words after "the folder"; null when it does.</param>
public sealed record ResultPlace(WorkItem Work, bool IsPresent, string? Loss)
{
    /// <summary>The place of the result of some work.</summary>
    /// <param name="work">The work, as it was submitted.</param>
    /// <param name="folder">Where the folder of its file is now, relative to the watched one; null when it is not there any more.</param>
    /// <param name="isDeleted">Whether that was deleted.</param>
    /// <param name="areElsewhere">Whether results are in the folder of <c>status_path</c>, and not with the files.</param>
    public static ResultPlace Of(WorkItem work, string? folder, bool isDeleted, bool areElsewhere)
    {
        var former = RelativePath.FolderOf(work.FileName!);
        if (folder is not null && folder != former && !areElsewhere)
            work = work with { FileName = RelativePath.Join(folder, RelativePath.NameOf(work.FileName!)) };
        var isPresent = folder is not null && (folder == former || !areElsewhere);
        var loss = isDeleted ? "was deleted" : !isPresent && former.Length > 0 && areElsewhere ? "has moved" : null;
        return new ResultPlace(work, isPresent, loss);
    }
}
