using System.Text.Json.Nodes;

namespace MeeseeksBox.Plugins;

/// <summary>One run of a job, as its task sees it.</summary>
public interface IJobRun
{
    /// <summary>What is to be done.</summary>
    JobDescription Job { get; }

    /// <summary>
    /// Says that the job runs from now on. A task that has not said so when its first <c>await</c> gives control back is taken
    /// to run; a task that cannot start returns <see cref="JobOutcome.NotStarted"/> before that.
    /// </summary>
    /// <param name="pid">The process that does the work, when there is one: the job's <c>pid</c> while it runs.</param>
    void Started(int? pid = null);

    /// <summary>Sets an attribute of the job that travels with it and that people see, such as a progress.</summary>
    /// <param name="key">Its name. The names that the box itself sets (docs/SPECIFICATION.md#plugin-attributes) are refused.</param>
    /// <param name="value">Its value; null takes the one before back, and is shown as null, so that every node forgets it.</param>
    /// <exception cref="ArgumentException">The name is one that the box sets itself.</exception>
    void Report(string key, JsonNode? value);

    /// <summary>Writes a line about this job to the log of the box.</summary>
    /// <param name="message">What happened. No secrets: logs are read by many.</param>
    void Log(string message);
}
