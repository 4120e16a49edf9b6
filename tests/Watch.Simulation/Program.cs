using System.Globalization;
using MeeseeksBox.WatchSimulation;

return args switch
{
    ["--seeds", var count] => Campaign.Run(first: 0, Whole(count)),
    ["--seeds", var count, "--first", var first] => Campaign.Run(Whole(first), Whole(count)),
    ["--seed", var seed] => Campaign.RunOne(Whole(seed), isLogged: false),
    ["--seed", var seed, "--log"] => Campaign.RunOne(Whole(seed), isLogged: true),
    _ => Usage(),
};

static int Whole(string word) => int.Parse(word, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Watch.Simulation -- --seeds N [--first N] | --seed N [--log]");
    return 2;
}
