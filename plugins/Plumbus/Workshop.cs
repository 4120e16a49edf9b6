using MeeseeksBox.Plugins;

namespace Plumbus;

/// <summary>A pool that makes plumbuses. Every household should have one; every plugin author may start from this one.</summary>
/// <remarks>
/// <para>A node gets the pool with <c>pools.plumbus.plugin=Plumbus.Workshop</c>, when <c>Plumbus.dll</c> lies in its <c>plugins</c> folder.</para>
/// <para><c>qsub plumbus standard</c> makes a whole one, <c>qsub plumbus base bulb</c> a plain one. While it is made, the job shows its
/// <c>progress</c> (0 to 1) and its <c>step</c>; in the end, its <c>plumbus</c>.</para>
/// </remarks>
public sealed class Workshop : IJobTask
{
    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(IJobRun run, CancellationToken kill)
    {
        // 1. What cannot be done is said before anything is begun: the words become the job's error.
        Recipe recipe;
        try
        {
            recipe = Recipe.Of(run.Job);
        }
        catch (FormatException refused)
        {
            return JobOutcome.NotStarted(refused.Message);
        }

        // 2. From here on the job is running. There is no process behind it, so there is no pid to show.
        run.Started();

        // 3. A plumbus with only its polish is a puddle. Work that fails half way says why as well.
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

        // 4. Whatever a task reports stays with the job for all to see; null takes it away again.
        run.Report("step", null);
        run.Report("plumbus", string.Join('-', plumbus));
        return JobOutcome.Success();
    }

    // Everything that waits takes the token, so that a kill is obeyed at once.
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

    // A kill is the moment to tidy up. The box knows that the job is killed: it takes nothing but the exit status from here.
    private static JobOutcome Abandoned(IJobRun run, List<string> plumbus)
    {
        run.Log($"swept {plumbus.Count} fitted parts off the bench");
        return JobOutcome.Failure(rc: null);
    }
}
