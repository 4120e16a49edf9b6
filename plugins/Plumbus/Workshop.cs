using MeeseeksBox.Plugins;

namespace Plumbus;

/// <summary>A task type that makes plumbuses: an example to start a plugin from.</summary>
/// <remarks>
/// <para>A node has the pool with <c>pools.plumbus.plugin=Plumbus.Workshop</c> and <c>Plumbus.dll</c> in its <c>plugins</c> folder.</para>
/// <para><c>qsub plumbus standard</c> makes a complete plumbus, <c>qsub plumbus base bulb</c> a plain one. During the run, the job has
/// the attributes <c>progress</c> (0 to 1) and <c>step</c>; at the end, <c>plumbus</c>.</para>
/// </remarks>
public sealed class Workshop : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        // 1. Reject an invalid job before the start: the message becomes the job's error.
        Recipe recipe;
        try
        {
            recipe = Recipe.Of(run.Job);
        }
        catch (FormatException refused)
        {
            return JobOutcome.NotStarted(refused.Message);
        }

        // 2. From here on, the job is running. It has no process, so there is no pid.
        run.Started();

        // 3. A failure during the run has a reason, too.
        var plumbus = new List<string>();
        foreach (var part in recipe.Parts)
        {
            if (part == "polish" && plumbus.Count == 0)
                return JobOutcome.Failure(rc: 1, "there was nothing to polish: put another part before it");

            run.Report("step", part);
            if (!await FitAsync(recipe.StepTime, kill))
                return Abandoned(run, plumbus);

            plumbus.Add(part);
            run.Report("progress", (double)plumbus.Count / recipe.Parts.Count);
        }

        // 4. Reported attributes stay with the job, visible to all; null clears one.
        run.Report("step", null);
        run.Report("plumbus", string.Join('-', plumbus));
        return JobOutcome.Success();
    }

    // Pass the token to every wait, so that a kill takes effect at once.
    private static async Task<bool> FitAsync(TimeSpan time, CancellationToken kill)
    {
        try
        {
            await Task.Delay(time, kill);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Clean up after a kill. The box has recorded the kill already: of this result, it uses only the exit status.
    private static JobOutcome Abandoned(IJobRun run, List<string> plumbus)
    {
        run.Log($"swept {plumbus.Count} fitted parts off the bench");
        return JobOutcome.Failure(rc: null);
    }
}
