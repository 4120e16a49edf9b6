using System.Globalization;
using System.Text.Json.Nodes;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;
using MeeseeksBox.Foundation.Unix;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Makes submissions of work items.</summary>
internal static class SubmissionFactory
{
    /// <summary>Fills in a jobspec, and adds its id and the tag of its watch.</summary>
    /// <param name="watcher">The name of the watcher.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="work">The work item.</param>
    /// <param name="folder">The folder of its file; null when there is none.</param>
    public static Result<Submission> Create(string watcher, WatchSettings settings, WorkItem work, FileId? folder = null) =>
        Create(watcher, settings, work, new JobValues(settings, work), id: null, KeyOf(folder));

    /// <summary>Fills in the jobspec of <c>on_late</c>.</summary>
    /// <param name="watcher">The name of the watcher.</param>
    /// <param name="settings">The watch, which has one.</param>
    /// <param name="alarm">What it is for.</param>
    /// <param name="work">The work item.</param>
    public static Result<Submission> OfLate(string watcher, WatchSettings settings, LateAlarm alarm, out WorkItem work)
    {
        work = new WorkItem { Template = settings.Late!.Job!, Index = 0, IsLate = true };
        var values = new Dictionary<string, string>
        {
            ["path"] = settings.Path!,
            ["late"] = Math.Round(alarm.Silence.TotalSeconds, 3).ToString(CultureInfo.InvariantCulture),
            ["last"] = alarm.LastFile ?? "",
        };
        var id = WorkId.OfLate(watcher, settings, alarm.DueAt);
        return Create(watcher, settings, work, new JobValues(settings, work, values), id, folder: null);
    }

    private static Result<Submission> Create(
        string watcher, WatchSettings settings, WorkItem work, JobValues values, string? id, string? folder)
    {
        var filled = work.Template.Fill(values);
        if (!filled.IsSuccess)
            return new Error(filled.Problem);
        var spec = filled.Value;
        var own = spec["id"]?.ToString();
        var given = own ?? id;
        _ = spec.Remove("id");
        var tag = JobTags.Of(watcher, settings.Name);

        // A standing job is known by its id alone: its place in the list may change.
        var workTag = own is null || work.FileName is null ? null : JobTags.OfWork(work, folder);
        spec["tags"] = Tags(spec, workTag is null ? [tag] : [tag, workTag]);
        return new Submission(work, spec, number => WorkId.Of(watcher, settings, work, given, number, folder))
        {
            Tag = tag,
            WorkTag = workTag,
            Watches = [.. settings.Formers.Prepend(settings).Select(watch => watch.Name)],
            Formers = [.. FormersOf(settings, work, folder).Select(former => FormerOf(watcher, former))],
        };
    }

    // By its time of birth, where the file system knows that. Numbers of devices change at a restart of the host, and numbers of folders
    // on some network file systems.
    private static string? KeyOf(FileId? folder) =>
        folder is null or { BirthTime: 0 } ? null : folder.Value.BirthTime.ToString("x", CultureInfo.InvariantCulture);

    // Version 0.1.0 derived the ids of sets from their first files, and knew no folders.
    private static IEnumerable<(WatchSettings Settings, WorkItem Work, string? Folder)> FormersOf(
        WatchSettings settings, WorkItem work, string? folder)
    {
        var former = settings.Formers.Select(one => (one, work, folder));
        var ofVersion = work with { SetKey = null };
        return folder is null && work.SetKey is null
            ? former
            : former.Concat(settings.Formers.Prepend(settings).Select(one => (one, ofVersion, default(string))));
    }

    // The id of a jobspec may contain the name of the watch.
    private static FormerWork FormerOf(string watcher, (WatchSettings Settings, WorkItem Work, string? Folder) former)
    {
        var (settings, work, folder) = former;
        var given = work.Template.Id is null ? null : work.Template.Fill(new JobValues(settings, work)).Value?["id"]?.ToString();
        return new FormerWork(JobTags.Of(watcher, settings.Name), number => WorkId.Of(watcher, settings, work, given, number, folder));
    }

    private static JsonArray Tags(JsonObject spec, string[] own)
    {
        var tags = new JsonArray();
        foreach (var node in new[] { spec["tags"], spec["tag"] }.OfType<JsonNode>())
        {
            foreach (var tag in node as IEnumerable<JsonNode?> ?? [node])
                tags.Add(tag?.DeepClone());
        }

        _ = spec.Remove("tag");
        foreach (var tag in own)
            tags.Add((JsonNode)tag);
        return tags;
    }
}
