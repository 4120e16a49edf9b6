using System.Text.Json.Nodes;

namespace MeeseeksBox.Plugins;

/// <summary>One run of a job, for its task.</summary>
public interface IJobRun
{
    /// <summary>The job to run.</summary>
    JobDescription Job { get; }

    /// <summary>Marks the job as running.</summary>
    /// <remarks>
    /// Without this call, the job counts as running when <see cref="IJobTask.RunAsync"/> first returns control at an <c>await</c>. A task
    /// that cannot start returns <see cref="JobOutcome.NotStarted"/> before that.
    /// </remarks>
    /// <param name="pid">The process that does the work, if any: the job's <c>pid</c> while it runs.</param>
    void Started(int? pid = null);

    /// <summary>Sets an attribute of the job, such as its progress.</summary>
    /// <remarks>All nodes and clients receive the attribute.</remarks>
    /// <param name="key">The name. Names that the box itself sets (docs/SPECIFICATION.md#plugin-attributes) are rejected.</param>
    /// <param name="value">The value; null clears the attribute, and is sent as null so that every node clears it.</param>
    /// <exception cref="ArgumentException">The box itself sets an attribute of this name.</exception>
    void Report(string key, JsonNode? value);

    /// <summary>Writes a line about this job to the log of the box.</summary>
    /// <param name="message">The text. It must not contain secrets, because many people read logs.</param>
    void Log(string message);
}
