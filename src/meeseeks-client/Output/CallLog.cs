using MeeseeksBox.Foundation.Files;
using System.Globalization;
using System.Text;

namespace MeeseeksBox.CommandLine.Output;

/// <summary>The log of calls (client option <c>log</c>): a line for each call and for each of its messages.</summary>
/// <remarks>The words of jobs are not logged, because they may contain secrets.</remarks>
internal static class CallLog
{
    /// <summary>Appends the lines of a call.</summary>
    /// <returns>The error text; null on success.</returns>
    public static string? Append(
        string path, DateTimeOffset now, string command, int status, TimeSpan took, IEnumerable<string> messages)
    {
        var lines = new StringBuilder();
        var time = now.ToString("yyyy-MM-dd HH:mm:ss,fff", CultureInfo.InvariantCulture);
        foreach (var text in messages)
            _ = lines.Append(CultureInfo.InvariantCulture, $"{time} WARNING {command}: {text}\n");

        _ = lines.Append(
            CultureInfo.InvariantCulture, $"{time} INFO {command}: exit status {status} after {took.TotalMilliseconds:0} ms\n");
        try
        {
            File.AppendAllText(path, lines.ToString());
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return $"log: {path} cannot be written: {FileProblem.Reason(path, problem)}";
        }
    }
}
