using System.Globalization;
using MeeseeksBox.Configuration;
using MeeseeksBox.FileWatch.Templates;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.FileWatch.Settings;

/// <summary>Reads <c>jobs</c> of a watch, or another key with jobspecs, and the keys of its formats.</summary>
/// <param name="section">The watch.</param>
/// <param name="written">The whole configuration. Its top-level keys are the fallback for keys of the watch.</param>
/// <param name="name">The key.</param>
internal sealed class JobsReader(SectionReader section, ConfigObject written, string name = "jobs")
{
    private readonly List<(string Path, JobTemplate Template)> _templates = [];

    /// <summary>The settings named by formats of the jobs, which users may invent.</summary>
    public ConfigObject FormatKeys { get; private set; } = new(new SourceLocation(SourceLocation.CommandLine));

    /// <summary>Reads the steps.</summary>
    public IReadOnlyList<JobStep> Read()
    {
        if (section.Find(name) is not { } setting)
            return [];

        // A single object is one job for all files, as from jobs.pool=p1 on the command line.
        var items = setting.Value is ConfigList list ? list.Items : [setting.Value];
        var steps = items
            .Select((item, index) => ReadStep(item, string.Create(CultureInfo.InvariantCulture, $"{setting.Path}.{index}")))
            .ToList();
        var keys =
            from key in _templates.SelectMany(entry => entry.Template.Keys).Distinct()
            let found = section.Find(key)?.Value ?? WatchFormats.At(written, key)
            where found is not null
            select KeyValuePair.Create(key, found);
        FormatKeys = new ConfigObject(keys, setting.Value.Origin);
        return steps;
    }

    /// <summary>Reports the problems and warnings of the jobs.</summary>
    /// <param name="isValue">Whether a format has a value for some job.</param>
    /// <param name="isForFiles">Whether there is a job for each file.</param>
    /// <param name="isRecursive">Whether files of several folders may have the same name.</param>
    public void Check(Func<string, bool> isValue, bool isForFiles, bool isRecursive = false)
    {
        foreach (var (path, template) in _templates)
        {
            var setting = section.Find(name)! with { Path = path };
            if (template.Check(out var unknown) is { } problem)
                section.AddProblem(setting, problem);
            foreach (var key in unknown)
                section.AddWarning(setting, $"{key}: not something that submit takes, ignored{DidYouMean.Of(key, JobTemplate.KnownKeys)}");
            if (template.HasState)
                section.AddWarning(setting, "state: ignored, because the watcher alone says when its jobs run");
            foreach (var key in template.Keys.Where(key => !FormatKeys.TryGet(key, out _) && !isValue(key)))
                section.AddWarning(
                    setting, $"%({key})s: there is no such value and no such key in the watch, so that this job cannot be submitted");
            if (isForFiles && template.Id is { } id && !id.Contains("%(", StringComparison.Ordinal))
                section.AddProblem(setting, $"id: '{id}' would be the same for all files; put %(filename)s into it, or leave it out");
            else if (isForFiles && isRecursive && template.Id is { } given && !IsOfFolder(given))
                section.AddProblem(setting, $"id: '{given}' would be the same for files of several sub-folders; put %(subdir)s into it");
        }
    }

    private static bool IsOfFolder(string id) =>
        id.Contains("%(subdir)s", StringComparison.Ordinal) || id.Contains("%(file)s", StringComparison.Ordinal);

    private JobStep ReadStep(ConfigValue value, string path)
    {
        if (value is not ConfigList list)
            return new JobStep([ReadTemplate(value, path)], IsList: false);
        if (list.Items.Count == 0)
            return JobStep.Nothing;
        var templates = list.Items
            .Select((item, index) => ReadTemplate(item, string.Create(CultureInfo.InvariantCulture, $"{path}.{index}")));
        return new JobStep([.. templates], IsList: true);
    }

    private JobTemplate? ReadTemplate(ConfigValue value, string path)
    {
        switch (value)
        {
            case ConfigScalar { IsNull: true } or ConfigObject { Members.Count: 0 }:
                return null;
            case ConfigObject spec:
                var template = new JobTemplate(spec);
                _templates.Add((path, template));
                return template;
            default:
                section.AddProblem(
                    section.Find(name)! with { Path = path }, $"{value.Display} stands where a jobspec, an object, is wanted");
                return null;
        }
    }
}
