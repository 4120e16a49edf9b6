// Kills a box under load repeatedly, and checks that no acknowledged request and no run is lost, and none starts twice:
// dotnet run -c Release --project tests/Crash -- --rounds 1000 [--seed N] [--stop 1] [key.key=value]...
// With --stop 1, each round stops the box in order, with state.at_stop=keep, as an upgrade does.
using System.Globalization;
using MeeseeksBox.Crash;

const int roundsInChapter = 50;

var words = args.Where(word => word.Contains('=')).ToArray();
if (!TryRead(args.Except(words).ToArray(), out var rounds, out var seed, out var stops))
{
    Console.Error.WriteLine("usage: Crash [--rounds N] [--seed N] [--stop 1] [key.key=value of the box's configuration]...");
    return 2;
}

Console.WriteLine($"{rounds} rounds, seed {seed}");
var sum = new CrashFindings();
for (var done = 0; done < rounds && sum.IsGood; done += roundsInChapter)
{
    sum = sum.Plus(await new Chapter(Math.Min(roundsInChapter, rounds - done), seed + done, stops, words).RunAsync());
    Console.WriteLine(sum);
}

sum.Faults.ForEach(fault => Console.WriteLine($"FAULT: {fault}"));
Console.WriteLine(sum.IsGood
    ? "good: no acknowledged request and no run was lost, none started twice, no process was left"
    : $"{sum.Faults.Count} FAULTS; to repeat them: --seed {seed}");
return sum.IsGood ? 0 : 1;

static bool TryRead(string[] options, out int rounds, out int seed, out bool stops)
{
    stops = false;
    rounds = 100;
    seed = Environment.TickCount & 0xffffff;
    for (var index = 0; index < options.Length; index += 2)
    {
        if (index + 1 == options.Length || !int.TryParse(options[index + 1], CultureInfo.InvariantCulture, out var number))
            return false;

        switch (options[index])
        {
            case "--rounds":
                rounds = number;
                break;
            case "--stop":
                stops = number is 1;
                break;
            case "--seed":
                seed = number;
                break;
            default:
                return false;
        }
    }

    return true;
}
