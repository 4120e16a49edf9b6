using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>
/// In a pipe, the client prints the same as the original, for each call of a recording (docs/SPECIFICATION.md#script-output).
/// </summary>
public sealed class RecordedCallsTests
{
    private const string Usage = "The text of the usage differs, and wrong usage is exit status 2.";
    private const string UnknownId = "An unknown id is exit status 1.";
    private const string Tag = "The original ignores tag= of sub, and shows a list with null.";
    private const string Pool = "In the original, pool= hides only the free slots of other pools, not their jobs.";
    private const string Again = "A new run clears the results of the previous run.";
    private const string NoJobs = "Without a selection of jobs, wrong usage is exit status 2.";

    // The intended deviations from the original, by line of the recording.
    private static readonly Dictionary<int, (Deviation What, string Reason)> OnPurpose = new()
    {
        [1] = (Deviation.Both, Usage),
        [4] = (Deviation.Status, UnknownId),
        [8] = (Deviation.Output, Tag),
        [10] = (Deviation.Output, Tag),
        [21] = (Deviation.Both, "The submit is rejected with a reason: its id is false, and the exit status is 1."),
        [25] = (Deviation.Status, UnknownId),
        [48] = (Deviation.Output, Pool),
        [51] = (Deviation.Output, Pool),
        [54] = (Deviation.Output, Again),
        [55] = (Deviation.Status, UnknownId),
        [57] = (Deviation.Output, Again),
        [58] = (Deviation.Status, NoJobs),
        [60] = (Deviation.Status, UnknownId),
        [61] = (Deviation.Output, "The original marks an ended job as killed; here a kill of an ended job changes nothing."),
        [64] = (Deviation.Status, NoJobs),
        [70] = (Deviation.Both, Usage),
        [71] = (Deviation.Status, "The original prints a Python error and exits with 0; here no connection is exit status 1."),
        [74] = (Deviation.Status, "In the original, refresh= has no effect on stat; here stat repeats."),
        [86] = (Deviation.Output, Pool),
        [89] = (Deviation.Output, "The routing lists the reachable nodes; in the original it lists all nodes ever seen."),
    };

    private const int StillRuns = -1;

    private readonly Dictionary<string, string> _ids = [];

    private enum Deviation
    {
        Output,
        Status,
        Both,
    }

    [Fact]
    public async Task Every_call_prints_what_the_original_printed()
    {
        await using var cluster = await RecordedCluster.StartAsync();
        var differences = new List<string>();
        foreach (var call in RecordedCall.All)
        {
            await cluster.PrepareAsync(call.Number);
            var run = await RunAsync(cluster[call.Node], call);
            var expected = _ids.Aggregate(call.Output, (text, id) => text.Replace(id.Key, id.Value));
            var output = RecordedOutput.Difference(call, expected, run.Output);
            var what = (output, (call.Status ?? StillRuns) == run.Status) switch
            {
                (null, true) => (Deviation?)null,
                (null, false) => Deviation.Status,
                (_, true) => Deviation.Output,
                _ => Deviation.Both,
            };
            if (what != (OnPurpose.TryGetValue(call.Number, out var known) ? known.What : null))
                differences.Add($"{call}: {what?.ToString() ?? "the same"}; status {run.Status}, {output}, {run.Errors}");
        }

        differences.Should().BeEmpty();
    }

    private async Task<ClientRun> RunAsync(RunningBox box, RecordedCall call)
    {
        var conf = $"address=127.0.0.1 port={box.Port} {call.Conf}";
        if (call.Conf.StartsWith("refresh", StringComparison.Ordinal))
            return await BeginAsync(conf, call);

        var run = await ClientProgram.RunAsync(conf, call.ClientWords);
        if (call.Command is "sub" or "conf"
            && RecordedOutput.Values(call.Output) is [var jobs] && RecordedOutput.Values(run.Output) is [var ours])
            foreach (var (theirs, own) in jobs.Keys().Zip(ours.Keys()).Where(pair => Guid.TryParse(pair.First, out _)))
                _ids[theirs] = own;
        return run;
    }

    // The call does not end by itself: read as many lines as the recording has, then kill the client.
    private static async Task<ClientRun> BeginAsync(string conf, RecordedCall call)
    {
        using var client = ClientProgram.Start(conf, call.ClientWords);
        try
        {
            var lines = call.Status is null ? call.Output.Split('\n').Length : call.Output.Split('\n').Length - 1;
            var output = "";
            for (var line = 0; line < lines; line++)
                output += await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) + "\n";
            return new ClientRun(StillRuns, output, "");
        }
        finally
        {
            client.Kill();
        }
    }
}
