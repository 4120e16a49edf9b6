namespace MeeseeksBox.Plugins;

/// <summary>A task type: runs the jobs of a pool.</summary>
/// <remarks>
/// The box creates one instance for every run of a job, with the constructor without parameters.
/// A task affects only its own job: an exception becomes the job's <c>error</c>, and a task that does not end after a kill is
/// abandoned (docs/SPECIFICATION.md#plugin-faults).
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
    /// <summary>Runs the job from its start to its end.</summary>
    /// <param name="run">The job, and the methods to report to the box, which may be called from any thread.</param>
    /// <param name="kill">
    /// Cancelled when the job must end early: by a kill, over its runtime, or because the box stops. The task then has
    /// <see cref="JobDescription.KillGrace"/> and a few seconds to end; of its result, only <c>rc</c> is used.
    /// </param>
    /// <returns>How the job ended.</returns>
    Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill);
}
