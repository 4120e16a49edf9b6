namespace MeeseeksBox.Plugins;

/// <summary>What a pool does with a job. The box makes one new instance, by the constructor without parameters, for every run of a job.</summary>
/// <remarks>
/// A task harms nothing but its own job: what it throws becomes the job's <c>error</c>, and one that does not end when it
/// is killed is abandoned (docs/SPECIFICATION.md#plugin-faults).
/// </remarks>
/// <example>
/// <code>
/// public sealed class Greeting : IJobTask
/// {
///     public Task&lt;JobOutcome&gt; RunAsync(IJobRun run, CancellationToken kill)
///     {
///         run.Report("greeting", $"hello {run.Job.Args[0]}");
///         return Task.FromResult(JobOutcome.Success());
///     }
/// }
/// </code>
/// </example>
public interface IJobTask
{
    /// <summary>Does the job, from its start to its end.</summary>
    /// <param name="run">The job, and the way to tell the box about it. Its members may be called from any thread.</param>
    /// <param name="kill">
    /// Cancelled when the job is to end before its time: killed by a person, over its runtime, or because the box stops. The
    /// task then has <see cref="JobDescription.KillGrace"/> and a few seconds to end; what it returns is used for <c>rc</c> only.
    /// </param>
    /// <returns>How the job ended.</returns>
    Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill);
}
