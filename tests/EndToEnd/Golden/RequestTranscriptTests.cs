using MeeseeksBox.EndToEnd.Boxes;
using MeeseeksBox.Testing;

namespace MeeseeksBox.EndToEnd.Golden;

/// <summary>Golden transcript of every request of docs/PROTOCOL.md, and of the files that the box writes meanwhile.</summary>
public sealed class RequestTranscriptTests
{
    private const string Script = """
        # Nodes and pools
        > [{"status":{}}]
        > [{"nodes":{}}]
        > [{"nodes":{"seq":0}}]
        > [{"nodes":{"seq":"1"}}]
        > [{"pools":{}}]
        > {"pools":1,"nodes":null,"status":[]}

        # Lines
        > []
        > {}
        > [{}]
        > [{"unknown":1,"ls":{}}]
        > this is not json
        > "text"
        > 5
        > [{"ls":{}}
        > [{"ls":{}}] more
        > [{'ls':{}}]
        > [{"ls":["\ud800"]}]
        > [5,"x",null,[],{"ls":{}}]
        > [{"ls":{},"ls":{}}]
        > [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]
        > [{"ls":{},"wait":"soon"}]
        > [{"ls":{},"wait":-1}]
        > [{"ls":{},"options":5,"wait":null}]
        > [{"nodes":5},{"submit":5},{"submit":[]},{"query":{}},{"job":null},{"get":true},{"ls":{"seq":"x"}},{"get":{"ts":[]}}]
        > [{"kill":true},{"modify":[]},{"modify":{"a":5}},{"config":[]},{"sync":[]}]

        # Submit: made
        > [{"submit":{"pool":"q","args":["/bin/true"]}}]
        > [{"submit":{"id":"full","pool":"q","args":["/bin/echo","a b",7,"\"ü\\"],"node":"n1","stdin":"/dev/null","stdout":"/dev/null",
          "stderr":"/dev/null","runtime":"60.5","hold":1,"restart":"0","resubmit":false,"retries":"3.0","config":{"shell":true,
          "x":[1,2.50,null,{"y":1e3}]},"env":{"A":"1","B":2},"cwd":"/","uid":0,"gid":"0","tags":["night","x",5],"state":"done"}}]
        > [{"submit":{"id":7,"pool":"q","args":"/bin/true","tag":"night","node":false,"colour":"red","tagz":1,"arg":[]}}]
        > [{"submit":{"id":"both","pool":"q","args":["/bin/true"],"node":["n1","elsewhere"],"tags":["far"]}}]
        > [{"submit":{"pool":"q","args":["/bin/true"],"node":["n1","elsewhere","elsewhere"],"tags":["far"]}}]
        > [{"submit":{"id":"pattern","pool":"q","args":["/bin/true"],"node":"n*"}}]
        > [{"submit":{"id":"far","pool":"p","args":["/bin/true"],"node":"elsewhere","retries":null,"tags":[null]}}]
        > [{"submit":{"id":"nopool","pool":"nosuch","args":["/bin/true"]}}]
        > [{"submit":{"id":"drained","pool":"d","args":["/bin/true"]}}]
        > [{"submit":{"id":"one","pool":"q","args":["a"]}},{"submit":{"id":"two","pool":"q","args":["b"]}}]
        > [{"submit":{"id":"beside","pool":"q","args":["a"]},"job":"beside","ls":{"id":"beside"},"kill":"beside"}]

        # Submit: refused
        > [{"submit":{"id":"x","args":["/bin/true"]}},{"submit":{"args":["/bin/true"],"pool":""}}]
        > [{"submit":{"id":"x","pool":"q"}},{"submit":{"id":"x","pool":"q","args":[]}},{"submit":{"id":"x","pool":"q","args":[""]}}]
        > [{"submit":{"id":"x","pool":"q","args":["a\u0000b"]}},{"submit":{"id":"x","pool":"q","args":{"a":1}}},
          {"submit":{"id":"x","pool":"q","args":[{}]}}]
        > [{"submit":{"id":"x","pool":"q","args":["a"],"node":"zz*"}},{"submit":{"id":"x","pool":"q","args":["a"],"node":5.5}},
          {"submit":{"id":"x","pool":"q","args":["a"],"node":{}}}]
        > [{"submit":{"id":"","pool":"q","args":["a"]}},{"submit":{"id":["x"],"pool":"q","args":["a"]}},
          {"submit":{"id":"x","pool":"q","args":["a"],"state":"asleep"}}]
        > [{"submit":{"id":"x","pool":"q","args":["a"],"hold":"maybe"}},{"submit":{"id":"x","pool":"q","args":["a"],"retries":-1}},
          {"submit":{"id":"x","pool":"q","args":["a"],"retries":1.5}}]
        > [{"submit":{"id":"x","pool":"q","args":["a"],"runtime":-1}},{"submit":{"id":"x","pool":"q","args":["a"],"env":[]}},
          {"submit":{"id":"x","pool":"q","args":["a"],"env":{"A=B":"1"}}}]
        > [{"submit":{"id":"x","pool":"q","args":["a"],"config":5}},{"submit":{"id":"x","pool":"q","args":["a"],"tags":{}}},
          {"submit":{"id":"x","pool":"q","args":["a"],"uid":-1}}]
        > [{"submit":{"id":"x","pool":"q","args":["a"],"stdin":[]}},{"submit":{"id":"x","pool":"q","args":["a"],"cwd":false}},
          {"submit":{"id":"x","pool":{},"args":["a"]}}]
        > [{"submit":{"id":"x","pool":"__config","node":"n1","args":["a"]}},{"submit":{"id":"x","pool":"__config","args":{}}}]

        # Runs
        > [{"submit":{"id":"ok","pool":"p","args":["/bin/sh","-c","echo out; echo err >&2"],"tags":["run"]}}]
        @ended ok
        > [{"job":"ok"},{"query":"ok"}]
        > [{"submit":{"id":"three","pool":"p","args":["/bin/sh","-c","exit 3"]}}]
        @ended three
        > [{"submit":{"id":"signal","pool":"p","args":["/bin/sh","-c","kill -9 $$"]}}]
        @ended signal
        > [{"submit":{"id":"missing","pool":"p","args":["/no/such/program","a"]}}]
        @ended missing
        > [{"submit":{"id":"nowhere","pool":"p","args":["/bin/true"],"cwd":"/no/such/folder"}}]
        @ended nowhere
        > [{"submit":{"id":"again","pool":"p","args":["/bin/sh","-c","exit 1"],"retries":1}}]
        @ended again
        > [{"submit":{"id":"cut","pool":"t","args":["/bin/echo","0123456789abcdef"]}}]
        @ended cut
        > [{"submit":{"id":"late","pool":"p","args":["/bin/sleep","1000"],"runtime":0.001}}]
        @ended late
        > [{"submit":{"id":"variables","pool":"p","args":["/bin/sh","-c",
          "echo $A $MEESEEKS_JOB_ID $MEESEEKS_POOL $MEESEEKS_NODE $MEESEEKS_SUBMIT_NODE $MEESEEKS_TAGS; pwd"],"env":{"A":"1"},"cwd":"/usr",
          "tags":["x","y"]}}]
        @ended variables
        > [{"submit":{"id":"shell","pool":"p","args":["echo","$((1+1))"],"config":{"shell":true,"env":{"PATH":"/bin"}}}}]
        @ended shell
        > [{"submit":{"id":"restarted","pool":"r","args":["/bin/true"],"restart":true}}]
        @parked restarted
        > [{"submit":{"id":"resubmitted","pool":"r","args":["/bin/true"],"resubmit":true}}]
        @parked resubmitted
        > [{"submit":{"id":"long","pool":"p","args":["/bin/sleep","1000"],"tags":["run"]}}]
        @running long
        > [{"get":{"ids":["three","signal","missing","nowhere","again","cut","late","variables","shell","restarted","resubmitted","long"]}}]
        > [{"pools":{}}]

        # Change
        > [{"submit":{"id":"long","runtime":500,"tags":["run","more"],"pool":"q","node":"elsewhere"}}]
        > [{"submit":{"id":"long","state":"new"}},{"submit":{"id":"long","state":"done"}},{"submit":{"id":"long","runtime":"x"}}]
        > [{"submit":{"id":"full","hold":0,"env":null,"tags":null,"retries":null,"config":null,"runtime":null,"stdin":null,"cwd":null,
          "uid":null}}]
        > [{"submit":{"id":"full","hold":null}}]
        > [{"submit":{"id":"three","node":"elsewhere","state":"killed","tags":["late"]}}]
        > [{"submit":{"id":"three","state":"new","args":["/bin/true"]}}]
        @ended three
        > [{"job":"three"}]
        > [{"submit":{"id":"ok","state":"new","node":["elsewhere"],"pool":"q"}}]

        # Ask
        > [{"query":"nosuch"},{"job":"nosuch"},{"job":7}]
        > [{"get":"ok"},{"get":["long","nosuch","ok","ok"]},{"get":{"ids":["long","ok"],"id":"ok"}},{"get":{"id":"re*"}}]
        > [{"ls":{}},{"ls":"ok"},{"ls":["ok","nosuch",7]},{"ls":[]}]
        > [{"ls":{"state":["done","failed"]}},{"ls":{"state":"new"}},{"ls":{"state":"running","active":"1"}},{"ls":{"state":"r*"}}]
        > [{"ls":{"tag":"night*"}},{"ls":{"tags":["run","far"]}},{"ls":{"tag":5}}]
        > [{"ls":{"pool":"q","node":"n1"}},{"ls":{"node":false}},{"ls":{"node":null}},{"ls":{"node":"else*"}},
          {"ls":{"submit_node":"n1","pool":["r","t"]}}]
        > [{"ls":{"args":"/bin/echo*"}},{"ls":{"args":"/bin/true"}},{"ls":{"env":"A=1"}},{"ls":{"env":null,"pool":"t"}}]
        > [{"ls":{"hold":true}},{"ls":{"hold":"0","pool":"p"}},{"ls":{"hold":null,"pool":"q"}}]
        > [{"ls":{"rc":0}},{"ls":{"rc":"3.0"}},{"ls":{"rc":null,"pool":"p"}},{"ls":{"error":"*","pool":"p"}},{"ls":{"retries":1}},
          {"ls":{"start_count":2}}]
        > [{"ls":{"stdout_data":"b3V0Cg=="}},{"ls":{"stdout_truncated":true}},{"ls":{"nosuch":1}},{"ls":{"nosuch":null,"pool":"t"}},
          {"ls":{"runtime":"500"}}]
        > [{"ls":{"ts":0,"pool":"t"}},{"ls":{"ts":9999999999}},{"ls":{"submit_ts":0}},{"ls":{"seq":40}},{"get":{"seq":5000}}]
        > [{"get":{"seq":0,"pool":"q"}}]
        > [{"get":{"seq":0,"pool":"q"},"options":{"unassigned":1}}]
        > [{"get":["cut","late"],"job":"three","options":{"attributes":["state","rc","nosuch"]}},{"job":"cut","options":{"attributes":5}}]
        >> [{"get":"cut","options":{"pretty":true}},{"pools":{}}]
        <<

        # Wait
        >> [{"get":{"seq":0,"id":"nosuch"},"wait":60}]
        >> [{"job":"nosuch"}]
        <
        <
        > [{"ls":{"seq":0,"id":"nosuch"},"wait":0.001}]
        > [{"pools":{},"get":{"seq":0,"id":"cut"},"wait":60}]
        > [{"nodes":{"seq":0},"wait":60}]
        >> [{"get":{"seq":0,"id":"awaited"},"wait":60},{"pools":{}}]
        @send [{"submit":{"id":"awaited","pool":"q","node":"n1","args":["/bin/true"]}}]
        <
        >> [{"ls":{"seq":0,"id":"awaited","hold":true},"options":{"unassigned":true},"wait":60}]
        @send [{"submit":{"id":"awaited","hold":true}}]
        <

        # Signal and suspend
        > [{"kill":"long","signal":0},{"kill":"long","signal":"usr3"},{"kill":"long","signal":null},{"suspend":true}]
        > [{"kill":["nosuch","three"],"signal":"SIGHUP"},{"kill":{},"signal":1},{"kill":{"tag":"far"},"signal":"TERM"}]
        > [{"suspend":["nosuch","three"]},{"suspend":{}},{"suspend":{"tag":"far"}},{"resume":"three"},{"resume":"nosuch"}]

        # Kill
        > [{"kill":"full"},{"kill":"full"},{"kill":"nosuch"},{"kill":7}]
        > [{"kill":["one","nosuch","ok"]},{"kill":{"tag":"far"}},{"kill":{}},{"kill":[]},{"kill":{"state":"nosuch"}}]
        > [{"kill":"long"}]
        @ended long
        > [{"job":"long"}]
        > [{"submit":{"id":"restarted","state":"killed"}},{"submit":{"id":"resubmitted","state":"killed"}}]

        # Modify
        > [{"modify":{"cut":{"rc":5,"extra":{"b":[1,2.50],"a":null},"another":"text","error":"by hand","tags":"single"},"nosuch":{"rc":1}}}]
        > [{"modify":{"cut":{"rc":"x"}}},{"modify":{"cut":{"id":"other","ts":5}}},{"modify":{"late":{"start_ts":null}}},{"modify":{}}]
        > [{"ls":{"another":"te*"}},{"ls":{"extra":null,"pool":"t"}}]
        > [{"modify":{"signal":{"state":"new","pool":"q"}}}]

        # Config
        > [{"config":{}}]
        > [{"config":{"pools":{"p":{"max_runtime":600},"z":{"slots":"3","plugin":null}}}}]
        > [{"config":{"pools":{"p":{"slots":"two"}},"state":{"expire":0}}}]
        > [{"config":{"pol":{},"pools":{"!z":1}}}]
        > [{"config":{"name":"n2"}}]
        > [{"config":{"nodes":{"secret":{"address":"127.0.0.1","port":1,"ssl":{"verify":0,"pass":"hidden"}}}}}]
        > [{"submit":{"id":"good","pool":"__config","node":"n1","args":{"pools":{"q":{"slots":5}}}}}]
        @ended good
        > [{"job":"good"}]
        > [{"submit":{"id":"bad","pool":"__config","node":"n*","args":{"pools":{"q":{"slots":"two"}}}}}]
        @ended bad
        > [{"job":"bad"},{"pools":{}}]
        > [{"nodes":{"seq":0},"get":{"seq":0}}]
        """;

    [Fact]
    public async Task Every_request_is_answered_and_every_file_is_written_as_before()
    {
        using var folder = new TemporaryFolder();
        var state = folder.File("state");
        var history = folder.File("history");
        var transcript = new Transcript("requests");
        transcript.Mask.Add(folder.Path, "<folder>");
        var files = new Transcript("files");
        files.Mask.Add(folder.Path, "<folder>");
        await using (var box = await RunningBox.StartAsync(
            $"state.file={state}", $"state.history={history}", "state.checkpoint=0", "state.expire=100000",
            "state.expire_active_jobs=false", "defaults.restart_delay=0.001", "defaults.update=0", "pools.p.slots=0",
            """pools.q={"slots":4,"hold":true}""", "pools.d.drain=true",
            "pools.r.restart_delay=100000", "pools.t.output_limit=10"))
        {
            using var connection = await box.ConnectAsync();
            var session = new RecordedSession(transcript, box, new LineStream(connection.Stream));

            await session.PlayAsync(Script);
            transcript.Heading("The end");
            transcript.Sent("");
            await connection.SendAsync("\n");
            await session.ReadAsync();

            await ForgetEndedJobsAsync(box);
            var journal = await File.ReadAllTextAsync(state + ".journal", TestContext.Current.CancellationToken);
            var endings = journal.Split('\n').Count(line => line.StartsWith("{\"ended\""));
            _ = await box.WaitForFileAsync(history, text => text.Count(letter => letter is '\n') == endings);
            files.Content("The journal", journal);
            files.Content("The history", await File.ReadAllTextAsync(history, TestContext.Current.CancellationToken));

            _ = await box.AskAsync("config", new { state = new { checkpoint = 0.01 } });
            _ = await box.WaitForFileAsync(state, text => text.Contains("\"last\"") && !File.Exists(state + ".journal.old"));
            files.Content("The checkpoint while it runs", await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken));
        }

        files.Content("The checkpoint at the stop", await File.ReadAllTextAsync(state, TestContext.Current.CancellationToken));
        files.Content("The removed jobs at the stop", await File.ReadAllTextAsync(
            state + ".removed", TestContext.Current.CancellationToken));
        files.Content("The folder", string.Concat(Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(
            file => $"{Path.GetFileName(file)} {Convert.ToString((int)File.GetUnixFileMode(file), 8)}\n")));
        Assert.Multiple(transcript.Verify, files.Verify);
    }

    // The answer to the last submit comes when the journal has every change before it.
    private static async Task ForgetEndedJobsAsync(RunningBox box)
    {
        _ = await box.AskAsync("config", new { state = new { expire = 0.001 } });
        _ = await box.WaitForAsync(
            () => box.AskAsync("ls", new { state = new[] { "done", "failed", "killed" }, active = false }),
            ids => ids.GetArrayLength() is 0);
        _ = await box.AskAsync("config", new { state = new { expire = 100000 } });
        _ = await box.SubmitAsync(new { id = "last", pool = "q", node = "n1", args = Some.True });
    }
}
