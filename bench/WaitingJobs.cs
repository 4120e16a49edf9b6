using System.Text;
using MeeseeksBox.Testing;

namespace MeeseeksBox.Bench;

/// <summary>The cost of jobs that wait: an idle node with 100,000 of them, under a head.</summary>
internal static class WaitingJobs
{
    private const int Count = 100_000;
    private const int AtOnce = 1000;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync()
    {
        using var folder = new TemporaryFolder();
        var (nodeState, headState) = (folder.File("node"), folder.File("head"));

        // No checkpoint in between, which would begin a new journal.
        string[] words = ["state.checkpoint=7200", "pools.p.slots=1"];
        using var node = await Daemon.StartAsync(["name=node", $"state.file={nodeState}", .. words]);
        string[] link = ["nodes.node.address=127.0.0.1", $"nodes.node.port={node.Port}"];
        using var head = await Daemon.StartAsync(["name=head", $"state.file={headState}", .. words, .. link]);
        using var client = await node.ConnectAsync();
        await client.PipelineAsync(Submit(""), Count - 1, AtOnce);
        _ = client.Ask(Submit("\"id\":\"last\","));
        head.Until("ls", "last");
        await Task.Delay(Settle);

        var before = (Node: Figures.Of(node, nodeState), Head: Figures.Of(head, headState));
        await Task.Delay(Span);
        Figures.Of(node, nodeState).Print("node", before.Node);
        Figures.Of(head, headState).Print("head", before.Head);
        return 0;
    }

    private static byte[] Submit(string key) => Encoding.UTF8.GetBytes(
        $$$"""[{"submit":{{{{key}}}"pool":"p","args":["/bin/true"],"node":"node","hold":1}}]""" + "\n");

    private sealed record Figures(TimeSpan ProcessorTime, long JournalBytes)
    {
        public static Figures Of(Daemon box, string state) => new(box.Process.ProcessorTime, new FileInfo(state + ".journal").Length);

        public void Print(string name, Figures before)
        {
            var (bytes, used) = (JournalBytes - before.JournalBytes, ProcessorTime - before.ProcessorTime);
            Rounds.Print($"{name}, {Count} jobs, {Span.TotalSeconds} s: {bytes} bytes of journal, {used.TotalMilliseconds} ms used");
        }
    }
}
