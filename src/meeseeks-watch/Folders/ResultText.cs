using System.Text.Json;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>The text of a status file: the jobs as JSON for people, sorted by key.</summary>
internal static class ResultText
{
    /// <summary>A job as JSON; several jobs as an object by their ids.</summary>
    /// <param name="jobs">The jobs of a submission.</param>
    /// <param name="failures">The number of failures in a row, which each job then has as one more key; 0 for none.</param>
    public static byte[] Of(IReadOnlyList<Job> jobs, int failures = 0)
    {
        if (failures > 0)
            jobs = [.. jobs.Select(job => FailureText.WithCount(job, failures))];
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonFormat.Indented))
        {
            if (jobs is [var job])
                SortedJson.Write(writer, Element(job));
            else
                WriteAll(writer, jobs);
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void WriteAll(Utf8JsonWriter writer, IReadOnlyList<Job> jobs)
    {
        writer.WriteStartObject();
        foreach (var job in jobs.OrderBy(job => job.Id, StringComparer.Ordinal))
        {
            writer.WritePropertyName(job.Id);
            SortedJson.Write(writer, Element(job));
        }

        writer.WriteEndObject();
    }

    private static JsonElement Element(Job job) => JsonElement.Parse(JobAttributes.LineOf(job).Span);
}
