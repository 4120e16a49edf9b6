using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>sub</c>: submits a job, or many.</summary>
internal static class SubCommand
{
    public static CommandDefinition Definition { get; } = new("sub", "Submit a job.", RunAsync)
    {
        Words = "[KEY=VALUE] POOL[@NODE] PROGRAM [ARG...]",
        Help = """
            All that stands after the pool is the job's own and reaches it as it is. Before the pool stand its options:
              node=       a node, several with commas, or a pattern that ends in *: one job on each
              id=         your own name for it; the id of a job that is there changes that job
              stdin= stdout= stderr=   files; without them the output is kept with the job
              runtime=    the longest it may run, in seconds         retries=   how many more runs after failures
              restart=1   again after each success                   resubmit=1 back to the start after success or failure
              hold=1      queued and not started                     tag=       words to find it by, with commas
              env.NAME= cwd= config.KEY=                             state=new, state=killed   of a job that is there
            and what becomes of it here:
              wait=1      wait for it, print its output, exit with its status; Ctrl-C kills it
              quiet=1     print ids only, one a line
              file=FILE   submit every line of a file (- is standard input), a job spec in JSON each; the options above go for all
            The job is printed as JSON, by its id. With the client option refresh=SECONDS it is printed again at each change, until
            it has ended.

            Examples:
              qsub p1 ls -la /tmp
              qsub tag=night retries=2 p1@n1,n2 backup --full
              qsub wait=1 p1 make test && echo passed
              qsub quiet=1 pool=p1 file=jobs.jsonl
            """,
    };

    private static Task<int> RunAsync(Invocation invocation)
    {
        var words = invocation.Words;
        var wait = JobWords.ExtractSwitch(words, "wait");
        var quiet = JobWords.ExtractSwitch(words, "quiet");
        var file = JobWords.Extract(words, "file");
        var spec = Spec(words, invocation.JobWords, isTemplate: file is not null);
        if (wait && quiet)
        {
            throw new UsageException("wait=1 and quiet=1: the one prints the output of the job, the other its id; choose one");
        }

        return (file, wait) switch
        {
            ({ } path, false) => new BatchSubmission(invocation, spec, quiet).SubmitAsync(path),
            ({ }, true) => throw new UsageException("wait=1 waits for one job; submit the file with quiet=1 and give the ids to wait"),
            (null, true) => new ForegroundJob(invocation, spec).RunAsync(),
            (null, false) => SingleSubmission.SubmitAsync(invocation, spec, quiet),
        };
    }

    private static JsonObject Spec(List<string> words, IReadOnlyList<string> jobWords, bool isTemplate)
    {
        var spec = JobWords.Spec(words.Where(word => word.Contains('=')));
        if (words.Find(word => !word.Contains('=')) is { } target)
        {
            var at = target.IndexOf('@', StringComparison.Ordinal);
            var (pool, node) = at < 0 ? (target, null) : (target[..at], target[(at + 1)..]);
            spec["pool"] = pool;
            if (node is not null)
            {
                spec["node"] = node.Contains(',') ? new JsonArray([.. node.Split(',').Select(one => (JsonNode?)one)]) : node;
            }
        }

        if (jobWords.Count > 0)
        {
            spec["args"] = new JsonArray([.. jobWords.Select(word => (JsonNode?)word)]);
        }

        var changes = spec["id"] is not null;
        return (isTemplate || changes, spec["pool"], spec["args"]) switch
        {
            (false, null, _) => throw new UsageException("which pool? What is wanted is [key=value...] POOL[@NODE] PROGRAM [ARG...]"),
            (false, _, null) => throw new UsageException($"what is pool '{spec["pool"]}' to run? Give the program and its arguments after the pool"),
            (true, _, not null) when isTemplate => throw new UsageException("with file= the programs stand in the file; give only options, like pool=p1"),
            _ => spec,
        };
    }
}
