// Runs a master, a head and two nodes on three hosts, with a bad network between them, and checks that each job runs exactly once and
// that its end arrives. It needs root and network namespaces:
// dotnet run -c Release --project tests/BadNetwork -- [delay=200] [loss=5] [reorder=5] [rate=32000] [mtu=500] [jobs=200] [table=1000000]
using MeeseeksBox.BadNetwork;

if (Conditions.Read(args) is not { } conditions)
{
    Console.Error.WriteLine("usage: BadNetwork [delay=MS] [loss=%] [reorder=%] [rate=BYTES_A_SECOND] [mtu=BYTES] "
        + "[jobs=N] [table=BYTES] [cut=SECONDS] [seed=N]");
    return 2;
}

Console.WriteLine(conditions);
await using var tree = new BadTree(conditions);
var faults = await tree.RunAsync();
faults.ForEach(fault => Console.WriteLine($"FAULT: {fault}"));
Console.WriteLine(faults.Count is 0
    ? "good: each job ran exactly once, and its end arrived"
    : $"{faults.Count} FAULTS; logs: {tree.Folder}");
return faults.Count is 0 ? 0 : 1;
