using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Client.Recorded;

/// <summary>
/// Into a pipe our client prints what the original prints, call by call of a recording (docs/SPECIFICATION.md#script-output).
/// </summary>
public sealed class RecordedCallsTests
{
    private const string Usage = "The usage is in our own words, and wrong usage is exit status 2.";
    private const string UnknownId = "An unknown id is exit status 1.";
    private const string Tag = "The original drops tag= of sub, and shows a list of one null.";
    private const string Pool = "pool= takes only the free slots of other pools from the lines of the original, and leaves their jobs.";
    private const string Again = "A job that runs again forgets its former run.";
    private const string NoJobs = "No jobs are named: wrong usage is exit status 2.";

    // What a line of ours has otherwise on purpose.
    private static readonly Dictionary<int, (Deviation What, string Reason)> OnPurpose = new()
    {
        [1] = (Deviation.Both, Usage),
        [4] = (Deviation.Status, UnknownId),
        [8] = (Deviation.Output, Tag),
        [10] = (Deviation.Output, Tag),
        [21] = (Deviation.Both, "The submit is refused with a reason: its id is false, and the exit status is 1."),
        [25] = (Deviation.Status, UnknownId),
        [48] = (Deviation.Output, Pool),
        [51] = (Deviation.Output, Pool),
        [54] = (Deviation.Output, Again),
        [55] = (Deviation.Status, UnknownId),
        [57] = (Deviation.Output, Again),
        [58] = (Deviation.Status, NoJobs),
        [60] = (Deviation.Status, UnknownId),
        [61] = (Deviation.Output, "The original calls a job killed that has ended long ago; here a kill of it changes nothing."),
        [64] = (Deviation.Status, NoJobs),
        [70] = (Deviation.Both, Usage),
        [71] = (Deviation.Status, "The original ends with the text of a Python error and 0; no connection is exit status 1."),
        [74] = (Deviation.Status, "refresh= has no effect on stat of the original; here it shows the status again."),
        [86] = (Deviation.Output, Pool),
        [89] = (Deviation.Output, "The routing of ours lists the nodes that can be reached; that of the original all that it has ever seen."),
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
        var snapshotDiff = new List<string>();
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
                snapshotDiff.Add($"{call}: {what?.ToString() ?? "the same"}; status {run.Status}, {output}, {run.Errors}");
        }

        snapshotDiff.Should().BeEmpty();
    }

    private async Task<ClientRun> RunAsync(RunningBox box, RecordedCall call)
    {
        var conf = $"address=127.0.0.1 port={box.Port} {call.Conf}";
        if (call.Conf.StartsWith("refresh", StringComparison.Ordinal))
            return await BeginAsync(conf, call);

        var run = await ClientProgram.RunAsync(conf, call.ClientWords);
        if (call.Command is "sub" or "conf" && RecordedOutput.Values(call.Output) is [var jobs] && RecordedOutput.Values(run.Output) is [var ours])
            foreach (var (theirs, own) in jobs.Keys().Zip(ours.Keys()).Where(pair => Guid.TryParse(pair.First, out _)))
                _ids[theirs] = own;
        return run;
    }

    // It goes on for ever: what it prints first is compared, once it has been printed again.
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
