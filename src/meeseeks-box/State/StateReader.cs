using System.Text.Json;
using MeeseeksBox.Agent.Outputs;
using MeeseeksBox.Core.Jobs;
using MeeseeksBox.Foundation.Files;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;
using Serilog;

namespace MeeseeksBox.Agent.State;

/// <summary>Reads a state file, and where it is damaged the one before it (docs/SPECIFICATION.md#damaged-state).</summary>
/// <param name="path">The state file.</param>
/// <param name="outputs">Has the outputs that the jobs refer to.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Receives damage.</param>
internal sealed class StateReader(string path, OutputStore outputs, TimeProvider time, ILogger log)
{
    private const int MostNamed = 10;

    private readonly string _previous = path + ".1";
    private readonly StringPool _strings = new();

    /// <summary>Reads the jobs of the last checkpoint; none without a file.</summary>
    /// <exception cref="IOException">A file exists and cannot be read. This is no damage: the box must not start without it.</exception>
    public IReadOnlyCollection<Job> Read()
    {
        if (File.Exists(path))
        {
            if (Read(path) is { } content)
            {
                if (content.Lost.Count > 0 && File.Exists(_previous))
                    AddFromPrevious(content);
                return content.Jobs.Values;
            }

            MoveAside(path);
        }

        if (!File.Exists(_previous))
            return [];

        if (Read(_previous) is { } previous)
        {
            log.Warning("previous checkpoint used: {Count} jobs from {File}", previous.Jobs.Count, _previous);
            return previous.Jobs.Values;
        }

        MoveAside(_previous);
        log.Error("state lost: no readable state file, starting without jobs");
        return [];
    }

    // The newer file has them too, so they were not forgotten. The journal may have a later copy.
    private void AddFromPrevious(Content content)
    {
        var found = Read(_previous)?.Jobs.Values.Where(job => content.Lost.Contains(job.Id) && content.Jobs.TryAdd(job.Id, job))
            .Select(job => job.Id).ToList() ?? [];
        if (found is not [])
        {
            log.Warning(
                "previous checkpoint used: {Count} damaged jobs from {File}: {Jobs}",
                found.Count, _previous, string.Join(", ", found.Take(MostNamed)));
        }
    }

    // Null when a damaged file has no readable job.
    private Content? Read(string file)
    {
        try
        {
            var content = new Content();
            var problem = Parse(file, content);
            if (problem is null && content.Problems.Count is 0)
                return content;

            var damaged = Math.Max(Salvage(file, content), content.Problems.Count);
            foreach (var (id, reason) in content.Problems)
                log.Error("job {Job} in {File} skipped: {Problem}", id, file, reason);

            if (content.Jobs.Count is 0)
            {
                log.Error("state file {File} damaged: {Problem}", file, problem ?? "it has no job");
                return null;
            }

            log.Error(
                "state file {File} damaged: {Problem}; {Count} jobs read, {Damaged} damaged entries skipped; {Copy}",
                file, problem ?? "entries that are no jobs", content.Jobs.Count, damaged, DamagedFile.Keep(file, time));
            return content;
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException($"state.file: {file} cannot be read: {FileProblem.Reason(file, problem)}", problem);
        }
    }

    // Returns what is wrong with the file as a whole; null for an object.
    private string? Parse(string file, Content content)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (TryReadLines(stream, content))
                return null;

            content.Clear();
            stream.Position = 0;
            var stored = JsonSerializer.Deserialize(stream, StoredContext.Default.DictionaryStringStoredJob) ?? throw new JsonException();
            foreach (var (id, job) in stored)
                Add(content, id, job);
            return null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return SyntaxProblem(file, problem);
        }
    }

    // A file of this version has a job on each line, so that it need not be in memory as a whole. False for all others, and for one with
    // any damage.
    private bool TryReadLines(Stream stream, Content content)
    {
        var (isOpen, isClosed, hasNext) = (false, false, true);
        foreach (var line in StoredLines.Read(stream))
        {
            var text = line.Text.Span;
            if (line.IsTooLong || isClosed)
                return false;

            if (!isOpen)
            {
                isOpen = text.SequenceEqual("{"u8);
                if (!isOpen)
                    return false;
            }
            else if (hasNext && StateSalvage.TryReadJob(line.Text, 0, out var end, out var job) && !content.Has(job.Id))
            {
                hasNext = text[end..].SequenceEqual(","u8);
                if (!hasNext && end < text.Length)
                    return false;

                Add(content, job.Id, job.Stored);
            }
            else
            {
                isClosed = !hasNext && text.SequenceEqual("}"u8);
                if (!isClosed)
                    return false;
            }
        }

        return isClosed;
    }

    // Returns the number of damaged places.
    private int Salvage(string file, Content content)
    {
        using var stream = File.OpenRead(file);
        var salvage = StateSalvage.Of(stream);
        foreach (var (id, job) in salvage.Jobs)
            Add(content, id, job);

        content.Lost.UnionWith(salvage.LostIds);
        content.Lost.UnionWith(content.Problems.Keys);
        content.Lost.ExceptWith(content.Jobs.Keys);
        return salvage.Damaged;
    }

    // Damage can give a job the key of another one. So an unreadable job replaces none.
    private void Add(Content content, string id, StoredJob stored)
    {
        var problem = stored.Problem;
        if (stored.Job is { } unnamed && JobAttributes.WithId(unnamed, id, out problem) is { } job)
        {
            var whole = stored.Element.ValueKind is JsonValueKind.Object
                ? JobAttributes.WithOutputs(job, stored.Element, outputs.Find)
                : job;
            content.Jobs[id] = _strings.Of(whole, whole.Seq);
            return;
        }

        content.Problems[id] = problem ?? "";
    }

    // An exception without another one inside is about a value of the wrong type.
    private static string SyntaxProblem(string file, Exception problem)
    {
        if (problem.InnerException is not JsonException || new FileInfo(file).Length > Array.MaxLength)
            return "not a JSON object of jobs";

        var error = JsonSyntaxError.Find(File.ReadAllBytes(file), default);
        return $"not JSON: line {error.Line}, column {error.Column}: {error.Text}";
    }

    private void MoveAside(string file)
    {
        var aside = DamagedFile.PathOf(file, time);
        try
        {
            File.Move(file, aside, overwrite: true);
            log.Error("damaged state file moved to {File}", aside);
        }
        catch (Exception problem) when (FileProblem.Is(problem))
        {
            throw new IOException(
                $"state.file: {file} is damaged and cannot be moved aside: {FileProblem.Reason(file, problem)}", problem);
        }
    }

    // What is read from a file: its jobs by id, what is wrong with others, and the ids of those that are missing.
    private sealed class Content
    {
        public Dictionary<string, Job> Jobs { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, string> Problems { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Lost { get; } = new(StringComparer.Ordinal);

        public bool Has(string id) => Jobs.ContainsKey(id) || Problems.ContainsKey(id);

        public void Clear()
        {
            Jobs.Clear();
            Problems.Clear();
        }
    }
}
