using MeeseeksBox.EndToEnd.Boxes;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>Golden transcripts of sync: a box above a node, above a legacy node, and below a head.</summary>
public sealed class LinkTranscriptTests
{
    private const string Status =
        """{"online":true,"ts":1.5,"loadavg":0.5,"routing":["n2"],"pools":{"p":2,"u":true},"ver":"0.1.0","caps":["wait"],"links":[]}""";

    private const string OriginalStatus = """{"pools":{"p":2},"online":true,"ts":1.5,"loadavg":0.5,"routing":["n2"]}""";

    private const string Ended =
        """{"id":"old","pool":"p","args":["x"],"node":"n2","state":"done","ts":1.5,"seq":3,"submit_ts":1.5,"tags":[]}""";

    private static readonly string OriginalEnded = """
        {"pool":"p","args":["x"],"node":"n2","submit_node":"n2","state":"done","active":0,"ts":1.5,"seq":3,"submit_ts":1.5,
        "start_count":1,"fail_count":0,"tags":[null]}
        """.ReplaceLineEndings("");

    // The copy of a running job at the node below, with a later stamp than any of the head.
    private static string Running(string id, string submitted)
    {
        var job = $$$"""
            {"id":"{{{id}}}","pool":"p","args":["/bin/true"],"node":"n2","submit_node":"head","state":"running","active":true,
            "ts":9999999990.5,"seq":5,"submit_ts":{{{submitted}}},"start_count":1,"fail_count":0,"start_ts":2.5,"pid":77,
            "retries":1,"env":{"A":"1"},"tags":["t"]}
            """.ReplaceLineEndings("");
        return $$$"""{"{{{id}}}":{{{job}}}}""";
    }

    [Fact]
    public async Task The_lines_to_a_node_of_this_implementation_are_as_before()
    {
        var transcript = new Transcript("upstream");
        using var peer = new ScriptedPeer(transcript);
        await using var box = await RunningBox.StartAsync(
            "name=head", "state.expire=100000", "state.timeout=3000", "pools.own=", Link(peer.Port, "poll=1000"));
        transcript.Heading("The greeting, and the first turn");
        await peer.AcceptAsync();
        await peer.RecordAsync();
        await peer.AnswerAsync($$$$"""[{"nodes":{"n2":{{{{Status}}}}},"get":{"old":{{{{Ended}}}}},"seq":3,"nodes_seq":4}]""");
        await peer.RecordAsync();

        transcript.Heading("A job that was submitted here: a further line, whose answer comes after that of the turn");
        _ = await box.SubmitAsync(new { id = "a", pool = "p", args = Some.True, tags = new[] { "t" }, retries = 1, env = new { A = "1" } });
        await peer.RecordAsync();
        await peer.AnswerAsync("""[{"sync":[],"get":{},"nodes":{},"seq":3,"nodes_seq":4,"nodes_gone":[]}]""");
        await peer.AnswerAsync("""[{"sync":["a"]}]""");
        await peer.RecordAsync();

        transcript.Heading("It runs there");
        var submitted = (await box.JobAsync("a")).GetProperty("submit_ts").GetRawText();
        await peer.AnswerAsync($$$$"""
            [{"sync":[],"get":{{{{Running("a", submitted)}}}},"nodes":{},"seq":5,"nodes_seq":4,"nodes_gone":[]}]
            """);
        await peer.RecordAsync();
        await RecordAsync(transcript, box, """[{"job":"a"},{"pools":{}}]""");

        transcript.Heading("It is changed here, and killed");
        _ = await box.AskLineAsync("""[{"submit":{"id":"a","tags":["u"],"env":null}}]""");
        await peer.RecordAsync();
        await peer.AnswerAsync("""[{"sync":[],"get":{},"nodes":{},"seq":5,"nodes_seq":4,"nodes_gone":[]}]""");
        await peer.AnswerAsync("""[{"sync":["a"]}]""");
        await peer.RecordAsync();
        _ = await box.AskLineAsync("""[{"kill":"a"}]""");
        await peer.RecordAsync();
        await peer.AnswerAsync("""[{"sync":[],"get":{},"nodes":{},"seq":5,"nodes_seq":4,"nodes_gone":[]}]""");
        await peer.AnswerAsync("""[{"sync":["a"]}]""");
        await peer.RecordAsync();

        transcript.Heading("A configuration, and a job for a node below that node");
        _ = await box.AskLineAsync("""[{"submit":{"id":"c","pool":"__config","node":"n2","args":{"pools":{"p":{"slots":4}}}}}]""");
        await peer.RecordAsync();
        var above = Status.Replace("""["n2"]""", """["n2","n3"]""").Replace("[]", """["n3"]""");
        var below = Status.Replace("n2", "n3");
        await peer.AnswerAsync($$$$"""
            [{"sync":[],"get":{},"nodes":{"n2":{{{{above}}}},"n3":{{{{below}}}}},"seq":5,"nodes_seq":6,"nodes_gone":[]}]
            """);
        await peer.AnswerAsync("""[{"sync":["c"]}]""");
        await peer.RecordAsync();
        _ = await box.AskLineAsync("""[{"submit":{"id":"d","pool":"p","node":"n3","args":["/bin/true"],"hold":true}}]""");
        await peer.RecordAsync();
        await RecordAsync(transcript, box, """[{"nodes":{"seq":0}},{"pools":{}}]""");

        transcript.Heading("A node goes");
        await peer.AnswerAsync("""[{"sync":[],"get":{},"nodes":{},"seq":5,"nodes_seq":7,"nodes_gone":["n3"]}]""");
        await peer.AnswerAsync("""[{"sync":["d"]}]""");
        await peer.RecordAsync();
        await RecordAsync(transcript, box, """[{"nodes":{"seq":5}},{"pools":{}}]""");

        transcript.Heading("The connection breaks, and the node has lost its jobs");
        await peer.AcceptAsync();
        await peer.RecordAsync();
        await peer.AnswerAsync($$$$"""[{"nodes":{"n2":{{{{Status}}}}},"get":{},"seq":0,"nodes_seq":1}]""");
        await peer.RecordAsync();

        transcript.Heading("The node has our name: the box hangs up");
        await peer.AnswerAsync($$$$"""[{"sync":[],"get":{},"nodes":{"head":{{{{Status}}}}},"seq":0,"nodes_seq":2,"nodes_gone":[]}]""");
        await peer.RecordAsync();

        transcript.Verify();
    }

    [Fact]
    public async Task The_lines_to_a_legacy_node_are_as_before()
    {
        var transcript = new Transcript("upstream-of-original");
        using var peer = new ScriptedPeer(transcript);
        await using var box = await RunningBox.StartAsync(
            "name=head", "state.expire=100000", "state.timeout=300000", Link(peer.Port, "refresh=100000", "poll=100000"));
        transcript.Heading("The greeting, and what follows at once");
        await peer.AcceptAsync();
        await peer.RecordAsync();
        await peer.AnswerAsync($$$$"""[{"nodes":{"n2":{{{{OriginalStatus}}}}},"get":{"old":{{{{OriginalEnded}}}}}}]""");
        await peer.RecordAsync();
        await peer.AnswerAsync("""[{"sync":[],"get":{}}]""");

        transcript.Heading("A job that was submitted here");
        _ = await box.AskLineAsync(
            """[{"submit":{"id":"a","pool":"p","node":"n2","args":["/bin/true"],"hold":true,"env":{"A":"1"},"retries":1}}]""");
        await peer.RecordJobsAsync();
        await peer.AnswerAsync("""[{"sync":["a"],"get":{}}]""");

        transcript.Heading("Attributes of it are cleared");
        _ = await box.AskLineAsync("""[{"submit":{"id":"a","hold":null,"env":null,"retries":null,"tags":null}}]""");
        await peer.RecordJobsAsync();
        await peer.AnswerAsync("""[{"sync":["a"],"get":{}}]""");

        transcript.Heading("It is killed");
        _ = await box.AskLineAsync("""[{"kill":"a"}]""");
        await peer.RecordJobsAsync();
        await peer.AnswerAsync("""[{"sync":["a"],"get":{}}]""");
        await RecordAsync(transcript, box, """[{"job":"old"},{"job":"a"},{"nodes":{}},{"pools":{}}]""");

        transcript.Verify();
    }

    [Fact]
    public async Task A_legacy_node_is_polled_for_live_jobs_as_before()
    {
        var transcript = new Transcript("upstream-of-original-poll");
        using var peer = new ScriptedPeer(transcript);

        // A poll is due with every line, and a refresh is never due.
        await using var box = await RunningBox.StartAsync(
            "name=head", "state.expire=100000", Link(peer.Port, "refresh=100000", "poll=0.00000001"));
        transcript.Heading("Nothing lives there: the nodes");
        await peer.AcceptAsync();
        await peer.RecordAsync();
        await peer.AnswerAsync($$$$"""[{"nodes":{"n2":{{{{OriginalStatus}}}}},"get":{}}]""");
        await peer.RecordAsync();
        await peer.AnswerAsync($$$$"""[{"sync":[],"get":{},"nodes":{"n2":{{{{OriginalStatus}}}}}}]""");

        transcript.Heading("A job lives there: the job by its id");
        _ = await box.AskLineAsync("""[{"submit":{"id":"a","pool":"p","args":["/bin/true"]}}]""");
        await peer.RecordJobsAsync();
        await peer.AnswerAsync($$$$"""[{"sync":["a"],"get":{},"nodes":{"n2":{{{{OriginalStatus}}}}}}]""");
        _ = await box.AskLineAsync("""[{"submit":{"id":"a","tags":["t"]}}]""");
        await peer.RecordJobsAsync();

        transcript.Verify();
    }

    [Fact]
    public async Task A_head_is_answered_as_before()
    {
        var transcript = new Transcript("downstream");
        await using var box = await RunningBox.StartAsync(
            "state.expire=100000", "pools.p=", """pools.q={"hold":true}""", "defaults.restart_delay=0.001", "defaults.update=100000");
        using var connection = await box.ConnectAsync();
        var session = new RecordedSession(transcript, box, new LineStream(connection.Stream));

        await session.PlayAsync("""
            # The greeting, a turn that is held, and a further line that ends it
            > [{"nodes":{"seq":0},"get":{"seq":0}}]
            >> [{"sync":{},"get":{"seq":0},"nodes":{"seq":1},"wait":1000}]
            >> [{"sync":{"a":{"id":"a","pool":"q","args":["/bin/true"],"node":"n1","submit_node":"head","state":"new","active":true,
              "ts":5.5,"seq":9,"submit_ts":5.5,"start_count":0,"fail_count":0,"tags":["t"],"env":{"A":"1"},"retries":1,
              "extra":{"x":1.50}}}}]
            <
            <
            > [{"sync":{},"get":{"seq":0},"nodes":{"seq":1},"wait":1000}]
            # A change here, while a turn is held
            >> [{"sync":{},"get":{"seq":1},"wait":1000}]
            @send [{"submit":{"id":"a","hold":true}}]
            <
            # The same copy, an older and a newer one, a change of the spec, and copies that cannot be read
            > [{"sync":{"a":{"id":"a","pool":"q","args":["/bin/true"],"node":"n1","submit_node":"head","state":"new","active":true,
              "ts":5.5,"seq":9,"submit_ts":5.5,"start_count":0,"fail_count":0,"tags":["t"]}},"get":{"seq":0}}]
            > [{"sync":{"a":{"id":"a","pool":"q","args":["/bin/true"],"node":"n1","submit_node":"head","state":"new","active":true,
              "ts":9999999999.5,"seq":9,"submit_ts":5.5,"start_count":0,"fail_count":0,"tags":["u"],"hold":null,"env":null,
              "changed_at":{"hold":9999999999.25}}},
              "get":{"seq":0}}]
            > [{"sync":{"bad":{"pool":"q","state":"asleep"},"worse":5,"a":{"id":"b"}},"get":{"seq":0}}]
            # A job that runs here
            > [{"sync":{"run":{"pool":"p","args":["/bin/sh","-c","echo out; exit 3"],"node":"n1","submit_node":"head","state":"new",
              "active":true,"ts":6.5,"seq":10,"submit_ts":6.5,"start_count":0,"fail_count":0,"tags":[null],"hold":0}}}]
            @ended run
            > [{"sync":{},"get":{"ids":["run"]},"nodes":{}}]
            # A kill of a job that waits, and of one that runs
            > [{"sync":{"a":{"id":"a","pool":"q","args":["/bin/true"],"node":"n1","submit_node":"head","state":"killed","active":true,
              "ts":9999999999.75,"seq":11,"submit_ts":5.5,"start_count":0,"fail_count":0,"tags":["u"]}},"get":{"ids":["a"]}}]
            > [{"sync":{"long":{"pool":"p","args":["/bin/sleep","1000"],"node":"n1","submit_node":"head","state":"new","active":true,
              "ts":7.5,"seq":12,"submit_ts":7.5,"start_count":0,"fail_count":0,"tags":[]}}}]
            @running long
            > [{"sync":{"long":{"pool":"p","args":["/bin/sleep","1000"],"node":"n1","submit_node":"head","state":"killed","active":true,
              "ts":9999999999.5,"seq":13,"submit_ts":7.5,"start_count":0,"fail_count":0,"tags":[]}}}]
            @ended long
            > [{"get":{"ids":["long"]}}]
            # A job of a client that keeps jobs itself, one that cannot run, and one that has ended
            > [{"sync":{"c":{"pool":"q","args":["/bin/true"],"node":false,"state":"new","ts":8.5,"submit_ts":8.5,"start_count":0,
              "fail_count":0,"tags":[null]}},"get":{"ids":["c"]}}]
            > [{"sync":{"d":{"pool":"q","args":[],"node":false,"state":"new","ts":8.5,"submit_ts":8.5}},"get":{"ids":["d"]}}]
            > [{"sync":{"e":{"pool":"q","args":["x"],"node":false,"state":"done","ts":8.5,"submit_ts":8.5}},"get":{"ids":["e"]}}]
            # A job of another node, a configuration, and a later epoch
            > [{"sync":{"far":{"pool":"p","args":["x"],"node":"n9","submit_node":"head","state":"running","active":true,"pid":5,"ts":9.5,
              "submit_ts":9.5,"start_count":1}},"get":{"ids":["far"]}}]
            > [{"sync":{"conf":{"pool":"__config","args":{"use_loadavg":true},"node":"n1","submit_node":"head","state":"new","active":true,
              "ts":9.5,"submit_ts":9.5}}}]
            @ended conf
            > [{"sync":{},"get":{"ids":["conf"]}}]
            > [{"sync":{"run":{"pool":"p","args":["/bin/true"],"node":"n1","submit_node":"head","state":"new","active":true,"epoch":1,
              "ts":6.75,"seq":14,"submit_ts":6.5,"start_count":0,"fail_count":0,"tags":[]}}}]
            @ended run
            > [{"get":{"seq":0},"nodes":{"seq":0}}]
            """);

        transcript.Verify();
    }

    private static string Link(int port, params string[] settings)
    {
        var keys = string.Join(',', settings.Select(setting => $"\"{setting.Replace("=", "\":")}"));
        return $$$"""nodes.n2={"address":"127.0.0.1","port":{{{port}}},"timeout":100,{{{keys}}}}""";
    }

    // A request of a client on its own connection.
    private static async Task RecordAsync(Transcript transcript, RunningBox box, string line)
    {
        using var connection = await box.ConnectAsync();
        transcript.Heading("A client asks the head");
        await new RecordedSession(transcript, box, new LineStream(connection.Stream)).AskAsync(line);
    }
}
