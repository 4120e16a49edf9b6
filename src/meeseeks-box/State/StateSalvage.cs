using System.Text.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Agent.State;

/// <summary>Finds the undamaged jobs in a damaged state file.</summary>
/// <remarks>
/// The box writes each job on a line of its own, and no job has a newline in it: damage in one line costs only that. A file of the
/// original, or of an earlier version, is one line, whose jobs are found from its start up to the first damage, and from the last one to
/// its end.
/// </remarks>
internal sealed class StateSalvage
{
    /// <summary>The keys and jobs that were found, also those that cannot be read.</summary>
    public List<(string Id, StoredJob Stored)> Jobs { get; } = [];

    /// <summary>The keys of damaged jobs, as far as they can be read.</summary>
    public List<string> LostIds { get; } = [];

    /// <summary>Number of damaged places; in a file of the box that of damaged lines.</summary>
    public int Damaged { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StateSalvage Of(Stream file)
    {
        var salvage = new StateSalvage();
        foreach (var line in StoredLines.Read(file))
        {
            if (line.IsTooLong)
                salvage.Damaged++;
            else
                salvage.ReadLine(line.Text);
        }

        return salvage;
    }

    private void ReadLine(ReadOnlyMemory<byte> line)
    {
        // The brackets of the whole object, and what separates it from the line before.
        var at = SkipAny(line.Span, 0, " \t\r{},"u8);
        if (at == line.Length)
            return;

        at = ReadRun(line, at, Jobs);
        if (at == line.Length)
            return;

        Damaged++;
        if (KeyAt(line, at, out _) is { } lost)
            LostIds.Add(lost);
        if (!TryReadJob(line, at, out _, out var damaged) && damaged.Stored.Problem is not null)
            Jobs.Add(damaged);

        // A value in a job may look like a job, but more follows it than the end of the line.
        for (var next = at; NextKey(line.Span, next) is >= 0 and var start;)
        {
            var run = new List<(string Id, StoredJob Stored)>();
            var end = ReadRun(line, start, run);
            if (end == line.Length)
            {
                Jobs.AddRange(HasOwnKey(run[0]) ? run : WithShorterKey(line, start, run));
                return;
            }

            next = Math.Max(start + 1, end);
        }
    }

    // The rest of a damaged text before the key of a job may look like the beginning of that key.
    private static List<(string Id, StoredJob Stored)> WithShorterKey(
        ReadOnlyMemory<byte> line, int start, List<(string Id, StoredJob Stored)> run)
    {
        var other = new List<(string Id, StoredJob Stored)>();
        return NextKey(line.Span, start + 1) is >= 0 and var next
            && ReadRun(line, next, other) == line.Length && other.Count == run.Count && HasOwnKey(other[0]) ? other : run;
    }

    private static bool HasOwnKey((string Id, StoredJob Stored) job) =>
        job.Stored.Job is { } read && (read.Id.Length is 0 || read.Id == job.Id);

    // Reads one job after the other. Returns the end of the line, or where there is no further job.
    private static int ReadRun(ReadOnlyMemory<byte> line, int at, List<(string Id, StoredJob Stored)> jobs)
    {
        while (TryReadJob(line, at, out var end, out var job))
        {
            jobs.Add(job);
            at = SkipAny(line.Span, end, " \t\r"u8);
            if (at == line.Length)
                return at;

            var rest = SkipAny(line.Span, at + 1, " \t\r"u8);
            if (rest == line.Length && line.Span[at] is (byte)',' or (byte)'}')
                return rest;
            if (line.Span[at] is not (byte)',')
                return at;

            at = rest;
        }

        return at;
    }

    /// <summary>Reads a key and its job.</summary>
    /// <param name="line">A line of the file.</param>
    /// <param name="at">The place of the key in it.</param>
    /// <param name="end">The place after the job.</param>
    /// <param name="job">The key, and the job.</param>
    /// <returns>False when there is none.</returns>
    public static bool TryReadJob(ReadOnlyMemory<byte> line, int at, out int end, out (string Id, StoredJob Stored) job)
    {
        (end, job) = (at, default);
        if (KeyAt(line, at, out var colon) is not { } key)
            return false;

        try
        {
            var reader = new Utf8JsonReader(line.Span[(colon + 1)..]);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                return false;

            job = (key, StoredJob.Of(document.RootElement));
            if (job.Stored.Job is not { } read || !IsJob(read, document.RootElement))
                return false;

            end = colon + 1 + (int)reader.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Other objects, such as the variables of a job, have neither an id nor a time of submit. A job whose last bracket is damaged, in a
    // file of one line, has those after it as members.
    private static bool IsJob(Job job, JsonElement element) =>
        (job.Id.Length > 0 || job.Status.SubmitTs != 0)
        && !element.EnumerateObject().Any(member =>
            member.Value.ValueKind is JsonValueKind.Object && member.Value.TryGetProperty("submit_ts", out _));

    // The text before a colon; null where there is none.
    private static string? KeyAt(ReadOnlyMemory<byte> line, int at, out int colon)
    {
        colon = -1;
        try
        {
            var reader = new Utf8JsonReader(line.Span[at..], isFinalBlock: false, default);
            if (!reader.Read() || reader.TokenType is not JsonTokenType.String)
                return null;

            var end = at + (int)reader.BytesConsumed;
            colon = SkipAny(line.Span, end, " \t\r"u8);
            return colon < line.Length && line.Span[colon] is (byte)':' ? reader.GetString() : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Neither JSON nor Unicode.
            return null;
        }
    }

    // The start of the next key of an object; -1 for none.
    private static int NextKey(ReadOnlySpan<byte> line, int from)
    {
        for (var at = from; line[at..].IndexOf("\":"u8) is >= 0 and var found; at += found + 1)
        {
            var end = at + found;
            var value = SkipAny(line, end + 2, " \t\r"u8);
            if (value == line.Length || line[value] is not (byte)'{')
                continue;

            // A quote after a backslash may be a part of the key, or its start after a damaged byte.
            var last = line[..end].LastIndexOf((byte)'"');
            var start = last;
            while (start > 0 && line[start - 1] is (byte)'\\')
                start = line[..start].LastIndexOf((byte)'"');
            if (start >= from || last >= from)
                return start >= from ? start : last;
        }

        return -1;
    }

    private static int SkipAny(ReadOnlySpan<byte> line, int from, ReadOnlySpan<byte> skipped)
    {
        while (from < line.Length && skipped.Contains(line[from]))
            from++;
        return from;
    }
}
