using System.Globalization;

namespace MeeseeksBox.BadNetwork;

/// <summary>What the network does to packets, and the load.</summary>
internal sealed record Conditions
{
    /// <summary>The delay in each direction, in milliseconds.</summary>
    public double Delay { get; init; } = 200;

    /// <summary>The share of packets that are lost, in percent.</summary>
    public double Loss { get; init; } = 5;

    /// <summary>The share of packets that overtake those before them, in percent.</summary>
    public double Reorder { get; init; } = 5;

    /// <summary>The number of bytes per second in each direction.</summary>
    public double Rate { get; init; } = 32_000;

    /// <summary>The longest packet in bytes.</summary>
    public double Mtu { get; init; } = 500;

    /// <summary>The number of jobs.</summary>
    public double Jobs { get; init; } = 200;

    /// <summary>The size of the outputs that a node has before it is linked, in bytes.</summary>
    public double Table { get; init; } = 1_000_000;

    /// <summary>How long the network is cut in the middle, in seconds.</summary>
    public double Cut { get; init; } = 20;

    /// <summary>Determines which packets are lost.</summary>
    public double Seed { get; init; } = 1;

    /// <summary>Reads words like <c>loss=5</c>; null when one has another form.</summary>
    public static Conditions? Read(IEnumerable<string> words)
    {
        var read = new Conditions();
        foreach (var word in words)
        {
            if (word.Split('=') is not [var key, var text]
                || !double.TryParse(text, CultureInfo.InvariantCulture, out var value)
                || value < 0)
            {
                return null;
            }

            var changed = key switch
            {
                "delay" => read with { Delay = value },
                "loss" => read with { Loss = value },
                "reorder" => read with { Reorder = value },
                "rate" => read with { Rate = value },
                "mtu" => read with { Mtu = value },
                "jobs" => read with { Jobs = value },
                "table" => read with { Table = value },
                "cut" => read with { Cut = value },
                "seed" => read with { Seed = value },
                _ => null,
            };
            if (changed is null)
                return null;

            read = changed;
        }

        return read;
    }
}
