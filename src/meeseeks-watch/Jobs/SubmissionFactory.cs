using System.Globalization;
using System.Text.Json.Nodes;
using MeeseeksBox.FileWatch.Jobs;
using MeeseeksBox.FileWatch.Rules;
using MeeseeksBox.FileWatch.Settings;
using MeeseeksBox.Foundation;

namespace MeeseeksBox.WatchAgent.Jobs;

/// <summary>Makes submissions of work items.</summary>
internal static class SubmissionFactory
{
    /// <summary>Fills in a jobspec, and adds its id and the tag of its watch.</summary>
    /// <param name="watcher">The name of the watcher.</param>
    /// <param name="settings">The watch.</param>
    /// <param name="work">The work item.</param>
    /// <param name="folderTag">The tag of the folder of its file; null when that is not known.</param>
    public static Result<Submission> Create(string watcher, WatchSettings settings, WorkItem work, string? folderTag = null) =>
        Create(watcher, settings, work, new JobValues(settings, work), id: null, folderTag);

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
        return Create(watcher, settings, work, new JobValues(settings, work, values), id, folderTag: null);
    }

    private static Result<Submission> Create(
        string watcher, WatchSettings settings, WorkItem work, JobValues values, string? id, string? folderTag)
    {
        var filled = work.Template.Fill(values);
        if (!filled.IsSuccess)
            return new Error(filled.Problem);
        var spec = filled.Value;
        var given = spec["id"]?.ToString() ?? id;
        _ = spec.Remove("id");
        var tag = JobTags.Of(watcher, settings.Name);
        spec["tags"] = Tags(spec, folderTag is null ? [tag] : [tag, folderTag]);
        return new Submission(work, spec, number => WorkId.Of(watcher, settings, work, given, number))
        {
            Tag = tag,
            FolderTag = folderTag,
            Formers = [.. FormersOf(settings, work).Select(former => FormerOf(watcher, former.Settings, former.Work))],
        };
    }

    // Version 0.1.0 derived the ids of sets from their first files.
    private static IEnumerable<(WatchSettings Settings, WorkItem Work)> FormersOf(WatchSettings settings, WorkItem work)
    {
        var formers = settings.Formers.Select(former => (former, work));
        if (work.SetKey is null)
            return formers;
        var ofFile = work with { SetKey = null };
        return [.. formers, .. settings.Formers.Prepend(settings).Select(former => (former, ofFile))];
    }

    // The id of a jobspec may contain the name of the watch.
    private static FormerWork FormerOf(string watcher, WatchSettings former, WorkItem work)
    {
        var filled = work.Template.Fill(new JobValues(former, work));
        var given = filled.IsSuccess ? filled.Value["id"]?.ToString() : null;
        return new FormerWork(JobTags.Of(watcher, former.Name), number => WorkId.Of(watcher, former, work, given, number));
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
