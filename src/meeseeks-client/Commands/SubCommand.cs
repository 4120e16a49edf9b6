using System.Text.Json.Nodes;
using MeeseeksBox.CommandLine.Invocations;
using MeeseeksBox.CommandLine.Options;
using MeeseeksBox.CommandLine.Submitting;
using MeeseeksBox.Foundation.Text;

namespace MeeseeksBox.CommandLine.Commands;

/// <summary><c>sub</c>: submits one job, or a job for each line of a file.</summary>
internal static class SubCommand
{
    public static CommandDefinition Definition { get; } = new("sub", "Submit jobs.", RunAsync)
    {
        Words = "[KEY=VALUE]... POOL[@NODE] PROGRAM [ARG]...",
        Help = """
            The words after the pool are the program and its arguments, and are passed unchanged. The job is printed as JSON, by its
            id. refresh=S prints it again after each change, until it has ended.

            Keys of the job, before the pool:
              node=NODES     one job on each node: a name, names with commas, or a pattern that ends in *
              id=ID          the id of the job; the id of an existing job changes that job
              tag=TAGS       tags, with commas
              runtime=S      time limit in seconds
              memory=SIZE    limit of memory, such as 100M or 2G
              cpus=N         limit of processors, such as 2 or 0.5
              retries=N      run again up to N times after failures
              restart=1      run again after each success
              resubmit=1     queue and place again after success or failure
              hold=1         queue without starting
              stdin=FILE, stdout=FILE, stderr=FILE   files on the node; without them, the output is kept with the job
              cwd=DIR, env.NAME=VALUE, config.KEY=VALUE   working directory, environment, settings of the plugin
              state=new, state=killed   run an existing job again, or kill it

            Options:
              wait=1         wait for the job, print its output as it comes, and exit with its status; Ctrl-C kills it
              quiet=1        print only ids, one a line
              file=FILE      submit a job for each line of FILE (- is standard input), a job as JSON; keys that a line lacks are added

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
        if (spec["id"] is JsonValue value && value.TryGetValue<string>(out var id) && IsOdd(id))
            invocation.Console.Warn($"id: as a word of other commands it has another meaning: select the job by 'id=={SingleLine.Of(id)}'");

        LocalPaths.Relative(spec).ToList().ForEach(invocation.Console.Warn);
        if (wait && quiet)
            throw new UsageException("wait=1 and quiet=1 cannot be combined: wait=1 prints the output of the job, quiet=1 its id");

        return (file, wait) switch
        {
            ({ } path, false) => new BatchSubmission(invocation, spec, quiet).SubmitAsync(path),
            ({ }, true) => throw new UsageException(
                "wait=1 and file= cannot be combined; submit the file with quiet=1, and pass the ids to wait"),
            (null, true) => new ForegroundJob(invocation, spec).RunAsync(),
            (null, false) => SingleSubmission.SubmitAsync(invocation, spec, quiet),
        };
    }

    // As a word such an id is a pattern, a list, a condition or an option, or a shell splits or replaces it.
    private static bool IsOdd(string id) =>
        id.StartsWith('-') || id.Any(character => "*?[,=".Contains(character) || char.IsWhiteSpace(character) || char.IsControl(character));

    private static JsonObject Spec(List<string> words, IReadOnlyList<string> jobWords, bool isTemplate)
    {
        var spec = JobWords.Spec(words.Where(word => word.Contains('=')));
        if (words.Find(word => !word.Contains('=')) is { } target)
        {
            var at = target.IndexOf('@', StringComparison.Ordinal);
            var (pool, node) = at < 0 ? (target, null) : (target[..at], target[(at + 1)..]);
            spec["pool"] = pool;
            if (node is not null)
                spec["node"] = node.Contains(',') ? JobWords.Texts(node.Split(',')) : node;
        }

        if (jobWords.Count > 0)
            spec["args"] = JobWords.Texts(jobWords);

        var changes = spec["id"] is not null;
        return (isTemplate || changes, spec["pool"], spec["args"]) switch
        {
            (false, null, _) => throw new UsageException("no pool given; usage: [KEY=VALUE]... POOL[@NODE] PROGRAM [ARG]..."),
            (false, _, null) => throw new UsageException(
                $"no program given for pool '{spec["pool"]}'; add the program and its arguments after the pool"),
            (true, _, not null) when isTemplate => throw new UsageException(
                "file= and a program cannot be combined: the file contains the programs; give only keys, like pool=p1"),
            _ => spec,
        };
    }
}
