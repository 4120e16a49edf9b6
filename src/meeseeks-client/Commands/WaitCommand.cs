using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Output;
using MeeseeksBox.Foundation.Text;
using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>wait</c>: waits until jobs have ended.</summary>
internal static class WaitCommand
{
    public static CommandDefinition Definition { get; } = new("wait", "Wait until jobs have ended.", RunAsync)
    {
        Words = "JOBS",
        Help = $"""
            A line is printed for each job: its id, its state, and its exit status in brackets. The exit status is that of the job, or
            the first that is not 0 of several jobs. A job that signal N ended counts as 128+N, a job without an exit status as 1.

            {JobCommandHelpers.SelectionHelp}

            Examples:
              meeseeks-client wait hello && echo done
              meeseeks-client wait tag=night
            """,
    };

    private static async Task<int> RunAsync(Invocation invocation)
    {
        JobCommandHelpers.RequireJobs(invocation.Words);
        var client = invocation.PatientClient;
        var ids = invocation.Words.TrueForAll(word => JobWords.IdOf(word) is not null && !JobWords.IsPattern(word))
            ? [.. JobCommandHelpers.Ids(invocation.Words)]
            : await client.ListAsync(invocation.Selection(invocation.Words), invocation.Stop);
        var unknown = JobCommandHelpers.Wanted(invocation.Words).Except(ids);
        var status = invocation.WriteUnknown(unknown);
        var order = ids.Distinct().ToList();
        if (order.Count is 0 && !unknown.Any())
            invocation.Console.WriteMessage("no job matches; there is nothing to wait for");

        using (var bar = new Progress(order.Count, invocation.Time))
        {
            var ends = await client.WaitAsync(order, bar, invocation.Stop);
            foreach (var id in order.Where(id => ends[id] is not null))
            {
                var end = ends[id]!.Status;
                await invocation.Console.Out.WriteLineAsync($"{SingleLine.Of(id)}\t{JobStates.Word(end.State)}\t({end.Rc})");
            }

            var results = order.Where(id => ends[id] is not null).Select(id => ClientExitStatus.Of(ends[id])).ToList();
            status = Math.Max(status, invocation.WriteUnknown(order.Where(id => ends[id] is null)));
            return results.Find(result => result is not ClientExitStatus.Good) is not ClientExitStatus.Good and var first ? first : status;
        }
    }

    private sealed class Progress(int total, TimeProvider time) : IProgress<Job>, IDisposable
    {
        private readonly ProgressBar _bar = new(total, "jobs ended", time);
        private readonly HashSet<string> _ended = [];
        private int _failed;

        public void Report(Job job)
        {
            if (job.HasEnded && _ended.Add(job.Id) && job.Status.State is not JobState.Done)
                _failed++;

            if (total > 1)
                _bar.Show(_ended.Count, _failed > 0 ? $"({_failed} failed or killed)" : "");
        }

        public void Dispose() => _bar.Dispose();
    }
}
