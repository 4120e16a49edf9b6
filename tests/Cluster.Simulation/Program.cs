using System.Globalization;
using MeeseeksBox.Simulation;

return args switch
{
    ["--seeds", var count] => Campaign.Run(first: 0, Whole(count)),
    ["--seeds", var count, "--first", var first] => Campaign.Run(Whole(first), Whole(count)),
    ["--seed", var seed] => Campaign.RunOne(Whole(seed), isLogged: false),
    ["--seed", var seed, "--log"] => Campaign.RunOne(Whole(seed), isLogged: true),
    ["--scale"] => ScaleRun.Run(),
    ["--scale", var heads, var nodes, var jobs] => ScaleRun.Run((Whole(heads), Whole(nodes), Whole(jobs))),
    _ => Usage(),
};

static int Whole(string word) => int.Parse(word, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine(
        "usage: dotnet run -c Release --project tests/Cluster.Simulation -- "
        + "--seeds N [--first N] | --seed N [--log] | --scale [HEADS NODES JOBS]");
    return 2;
}
