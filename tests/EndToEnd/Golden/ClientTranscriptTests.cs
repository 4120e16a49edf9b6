using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.EndToEnd.Client;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>Golden transcripts of the client: its output into a pipe, its standard error and its exit status.</summary>
public sealed class ClientTranscriptTests
{
    // In the order of the help of the program.
    private static readonly string[] Commands =
        ["sub", "job", "ls", "del", "mod", "hold", "release", "wait", "out", "err", "stat", "top", "nodes", "pools", "conf", "hist"];

    // The names in the help of the program.
    private static readonly string[] Names = ["qsub", "qstat", "qjob", "qdel", "qmod", "qconf"];

    private const int AtOnce = 4;

    [Fact]
    public async Task Help_of_every_command_is_as_before()
    {
        var transcript = new Transcript("client-help");
        string[][] calls = [["--help"], .. Commands.Select(command => new[] { command, "--help" })];
        var runs = await Task.WhenAll(calls.Select(words => ClientProgram.RunAsync("", words)));
        foreach (var (words, run) in calls.Zip(runs))
            Record(transcript, "meeseeks-client", words, run);

        transcript.Verify();
    }

    [Fact]
    public async Task Questions_about_jobs_in_every_state_and_names_that_imply_a_command_are_answered_as_before()
    {
        using var folder = new TemporaryFolder();
        var transcript = new Transcript("client-questions");
        await using var box = await StartAsync();
        transcript.Mask.Add(folder.Path, "<folder>");
        foreach (var end in new[] { 12, 99, 20, 4000 })
            transcript.Mask.Add($"{DateTimeOffset.FromUnixTimeSeconds(end).ToLocalTime():yyyy-MM-dd HH:mm:ss}", $"<local time of {end}>");
        var history = folder.Write("history", """
            {"a":{"id":"a","pool":"p","args":["/bin/true"],"node":"n1","state":"done","ts":12.5,
              "submit_ts":10.5,"start_ts":11.5,"end_ts":12.5,"start_count":1,"rc":0,"tags":["t"]}}
            {"b":{"id":"b","pool":"p","args":["/bin/sh","-c","exit 3\n"],"node":"n1","state":"failed","ts":99.5,
              "submit_ts":10.5,"start_ts":13.5,"end_ts":99.5,"start_count":1,"rc":3,"tags":[]}}
            {"c":{"id":"c","pool":"q","args":["x"],"node":false,"state":"killed","ts":20.5,"submit_ts":10.5,"end_ts":20.5,"tags":[]}}
            {"d":{"id":"d","pool":"p","args":["/no"],"node":"n1","state":"failed","error":"cannot start",
              "ts":20.5,"submit_ts":10.5,"end_ts":4000.25,"tags":[]}}
            {"torn":{"id":
            """.Replace("\n  ", ""));

        string[][] calls =
        [
            ["stat"], ["show", "nodes"], ["stat", "pools"], ["stat", "jobs"], ["stat", "active"], ["stat", "tree"],
            ["stat", "state=failed"], ["stat", "j", "tag=t*"], ["stat", "nosuch"],
            ["job"], ["get", "done"], ["job", "failed", "nosuch", "done"], ["job", "state=new,killed"], ["job", "tag=nosuch"],
            ["ls"], ["ls", "quiet=1"], ["ls", "state=done", "quiet=1"], ["ls", "nosuch"],
            ["out", "done"], ["err", "done"], ["out", "nosuch"], ["out", "waiting"], ["out"],
            ["wait", "done", "failed"], ["wait", "signal"], ["wait", "unstarted"], ["wait", "nosuch"], ["wait"],
            ["nodes"], ["pools"], ["conf"],
            ["hist", $"file={history}"], ["hist", $"file={history}", "state=failed", "json=1"], ["hist", "file=/no/such/file"], ["hist"],
            [], ["nosuch"], ["stats"], ["stat", "--nosuch"], ["job", "state=asleep"], ["timeout=soon", "stat"], ["adress=x", "ls"],
            ["top"],
        ];

        // The queries are independent, so several run at a time.
        foreach (var some in calls.Chunk(AtOnce))
        {
            var runs = await Task.WhenAll(some.Select(words => box.ClientAsync(words)));
            foreach (var (words, run) in some.Zip(runs))
                Record(transcript, "meeseeks-client", words, run);
        }

        Record(transcript, "meeseeks-client", ["stat"], await ClientProgram.RunAsync("address=127.0.0.1 port=1", "stat"));
        transcript.Verify();
        await RecordNamesAsync(box);
    }

    [Fact]
    public async Task Changes_of_jobs_are_answered_as_before()
    {
        var transcript = new Transcript("client-changes");
        await using var box = await StartAsync();

        string[][] calls =
        [
            ["sub", "hold=1", "p", "ls", "-la", "--help"], ["sub", "quiet=1", "id=s1", "q@n1", "x"], ["sub", "id=s2", "q@n1,n2", "x"],
            ["sub", "id=s3", "tag=a,b", "env.A=1", "config.shell=true", "retries=2", "cwd=/", "runtime=1.5", "pool=q", "x", "y=z"],
            ["sub", "wait=1", "id=w1", "p", "sh", "-c", "echo out; echo err >&2; exit 3"],
            ["sub", "wait=1", "id=w2", "p", "sh", "-c", "kill -9 $$"], ["sub", "wait=1", "id=w3", "p", "/no/such/program"],
            ["sub", "id=x", "retries=-1", "p", "x"], ["sub", "colour=red", "id=s4", "q", "x"],
            ["sub"], ["sub", "p"], ["sub", "wait=1", "quiet=1", "p", "x"], ["sub", "file=/no/such/file"],
            ["mod", "s1", "tag=new", "hold=true"], ["mod", "pool=q", "tag=new", ":", "hold="], ["set", "nosuch", "hold=1"],
            ["mod", "done", "state=done"], ["mod"],
            ["hold", "s1"], ["release", "s1", "nosuch"], ["hold"],
            ["del", "s1"], ["kill", "tag=a", "nosuch"], ["del", "s1"], ["del"],
            ["conf", "pools.q.slots=5"], ["conf", "pools.q.slots=two"],
            ["conf", "pools.q.slots=6", "n1"], ["conf", "pools.q.slots=two", "n1"],
        ];
        foreach (var words in calls)
            Record(transcript, "meeseeks-client", words, await box.ClientAsync(words));

        const string lines = """
            {"args":["a"],"id":"f1"}
            {"id":"f2","args":5}
            not json
            """;
        string[] quiet = ["sub", "quiet=1", "pool=q", "tag=f", "file=-"];
        Record(transcript, "meeseeks-client", quiet, await box.ClientWithInputAsync(lines, quiet));
        string[] loud = ["sub", "pool=q", "tag=f", "file=-"];
        Record(transcript, "meeseeks-client", loud, await box.ClientWithInputAsync("""{"args":["a"],"id":"f3"}""", loud));
        transcript.Verify();
    }

    private static async Task RecordNamesAsync(RunningBox box)
    {
        var transcript = new Transcript("client-names");
        string[][] calls =
        [
            ["qstat"], ["qshow", "state=failed"], ["qjob", "done"], ["qget", "failed", "nosuch"], ["qls", "state=new"],
            ["qnodes"], ["qpools"], ["qsub", "quiet=1", "id=s1", "q", "x", "--help"], ["qmod", "s1", "hold=1"], ["qset", "s1", "hold=0"],
            ["qdel", "s1"], ["qkill", "nosuch"], ["qconf"], ["qdel"],
        ];
        foreach (var call in calls)
            Record(transcript, call[0], call[1..], await box.ClientNamedAsync(call[0], call[1..]));

        var helps = await Task.WhenAll(Names.Select(name => box.ClientNamedAsync(name, "--help")));
        foreach (var (name, help) in Names.Zip(helps))
            Record(transcript, name, ["--help"], help);
        transcript.Verify();
    }

    private static async Task<RunningBox> StartAsync()
    {
        var box = await RunningBox.StartAsync(
            "state.expire=100000", "defaults.restart_delay=0.001", "defaults.update=0", "pools.p.slots=3", """pools.q={"hold":true}""",
            "pools.r.restart_delay=100000", "pools.t.output_limit=10");
        _ = await box.SubmitAsync(new { id = "waiting", pool = "q", args = Some.True, tags = new[] { "t1", "t2" } });
        _ = await box.SubmitAsync(new { id = "held", pool = "p", args = Some.True, hold = true, retries = 2 });
        _ = await box.SubmitAsync(new { id = "nowhere", pool = "nosuch", args = new[] { "a b", "c\td\n" } });
        _ = await box.RunAsync(new { id = "done", pool = "p", args = Some.Shell("echo out; echo err >&2"), tags = new[] { "t1" } });
        _ = await box.RunAsync(new { id = "failed", pool = "p", args = Some.Shell("exit 3") });
        _ = await box.RunAsync(new { id = "signal", pool = "p", args = Some.Shell("kill -9 $$") });
        _ = await box.RunAsync(new { id = "unstarted", pool = "p", args = new[] { "/no/such/program" } });
        _ = await box.RunAsync(new { id = "cut", pool = "t", args = new[] { "/bin/echo", "0123456789abcdef" } });
        _ = await box.SubmitAsync(new { id = "repeated", pool = "r", args = Some.True, restart = true });
        _ = await box.WaitForJobAsync("repeated", job => job.Text("state") is "new" && job.Number("end_ts") > 0);
        _ = await box.SubmitAsync(new { id = "killed", pool = "p", args = Some.Sleep });
        _ = await box.WaitForJobAsync("killed", job => job.Number("pid") > 0);
        _ = await box.AskAsync("kill", "killed");
        _ = await box.WaitForEndAsync("killed");
        _ = await box.SubmitAsync(new { id = "running", pool = "p", args = Some.Sleep, runtime = 1000 });
        _ = await box.WaitForJobAsync("running", job => job.Number("pid") > 0);
        return box;
    }

    private static void Record(Transcript transcript, string program, string[] words, ClientRun run) =>
        transcript.Call(string.Join(' ', [program, .. words.Select(Quoted)]), run.Status, run.Output, run.Errors);

    private static string Quoted(string word) => word.Any(letter => " ;>$".Contains(letter)) ? $"'{word}'" : word;
}
