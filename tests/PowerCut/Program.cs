// Records the system calls of a real box and its runner, and cuts the power at each flush, answer and change of a name:
// dotnet run -c Release --project tests/PowerCut -- [--groups N] [--seed N] [--starts N] [--mutate 1]
// A disk keeps what was flushed, and any part of the rest. What is left is loaded as at a start, and N times by a real box.
// With --mutate 1, each flush is then left out in turn, and the checks must find it.
using System.Globalization;
using MeeseeksBox.PowerCut;
using MeeseeksBox.PowerCut.Checks;
using MeeseeksBox.PowerCut.Recording;
using MeeseeksBox.Testing;

const int mostFaults = 20;
const int exitSkipped = 77;

var options = new Dictionary<string, int>
{
    ["--groups"] = 12,
    ["--seed"] = Environment.TickCount & 0xffffff,
    ["--starts"] = 5,
    ["--mutate"] = 0,
};
for (var index = 0; index < args.Length; index += 2)
{
    if (index + 1 == args.Length || !options.ContainsKey(args[index])
        || !int.TryParse(args[index + 1], CultureInfo.InvariantCulture, out var number))
    {
        Console.Error.WriteLine($"usage: PowerCut {string.Join(' ', options.Keys.Select(option => $"[{option} N]"))}");
        return 2;
    }

    options[args[index]] = number;
}

if (TracedBox.ProblemOf() is { } problem)
{
    Console.WriteLine($"skipped: {problem}");
    return exitSkipped;
}

using var folder = new TemporaryFolder();
var (disk, log, after) = (folder.Folder("disk"), folder.File("calls"), folder.Folder("after"));
Console.WriteLine($"{options["--groups"]} groups of requests, seed {options["--seed"]}");
await new Scenario(disk, options["--groups"], options["--seed"]).RunAsync(log);
var calls = StraceLog.Read(log).ToList();
Console.WriteLine($"recorded {calls.Count(call => call.IsBegin)} system calls");

var check = new LoadCheck(after);
var replay = new Replay(disk, options["--seed"], _ => false);
var faults = new List<string>();
var loaded = 0;
foreach (var (moment, remains) in replay.Play(calls))
{
    loaded++;
    faults.AddRange(check.Faults(remains, replay.Promises).Select(fault => $"cut {replay.Cuts}, {moment}: {fault}\n    {remains}"));
    if (faults.Count is 0)
        continue;

    var kept = Directory.CreateTempSubdirectory("meeseeks-power-cut-").FullName;
    remains.WriteTo(kept);
    File.Copy(log, Path.Combine(kept, "calls"));
    Console.WriteLine($"the first remainder with a fault, and the recorded calls, are in {kept}");
    break;
}

Console.WriteLine(
    $"{replay.Promises.Answers} answers with {replay.Promises.Count} promises, {replay.Flushes} flushes, {replay.Promises.Forgotten} runs "
    + $"forgotten; {replay.Cuts} cuts, {loaded} different remainders loaded");
if (faults.Count is 0)
    faults.AddRange(await StartsAsync());
if (faults.Count is 0 && options["--mutate"] is 1)
{
    // A flush of a folder without changes has no effect.
    faults.AddRange(replay.FlushNames.Order(StringComparer.Ordinal)
        .Where(name => !name.EndsWith("()", StringComparison.Ordinal) && !IsFound(name))
        .Select(name => $"nothing depends on the flush of {name}"));
}

faults.Take(mostFaults).ToList().ForEach(fault => Console.WriteLine($"FAULT: {fault}"));
Console.WriteLine(faults.Count is 0
    ? "good: each answered change, each end of a run and its output is there after every cut"
    : $"FAULTS; to repeat them: --seed {options["--seed"]}");
return faults.Count is 0 ? 0 : 1;

async Task<List<string>> StartsAsync()
{
    var found = new List<string>();
    var again = new Replay(disk, options["--seed"], _ => false);
    var (number, starts) = (0, 0);
    foreach (var (moment, remains) in again.Play(calls))
    {
        // Spread over all remainders.
        if ((long)number++ * options["--starts"] / loaded < starts || starts == options["--starts"])
            continue;
        starts++;
        found.AddRange((await StartCheck.FaultsAsync(remains, again.Promises)).Select(fault => $"start, {moment}: {fault}\n    {remains}"));
    }

    Console.WriteLine($"{starts} boxes started on a remainder");
    return found;
}

bool IsFound(string name)
{
    var mutant = new Replay(disk, options["--seed"], flush => flush == name);
    foreach (var (moment, remains) in mutant.Play(calls))
    {
        if (check.Faults(remains, mutant.Promises) is [var fault, ..])
        {
            Console.WriteLine($"without the flush of {name}: cut {mutant.Cuts}, {moment}: {fault}");
            return true;
        }
    }

    return false;
}
