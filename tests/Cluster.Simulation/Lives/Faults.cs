using MeeseeksBox.Core.Settings;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Lives;

/// <summary>Random faults and changes of configuration.</summary>
internal sealed class Faults(World world, IReadOnlyList<BoxPlan> plans)
{
    private Random Random => world.Random;

    /// <summary>Starts one random fault, most of which end after a while.</summary>
    public void Strike()
    {
        var box = world.Boxes.Values.ElementAt(Random.Next(world.Boxes.Count));
        switch (Random.Next(12))
        {
            case 0 or 1:
                Break();
                break;
            case 2 or 3:
                Cut(box);
                break;
            case 4:
                Slow(box);
                break;
            case 5 or 6 when box.IsUp && !box.IsStopping:
                box.Crash(losesState: Random.Next(3) is 0);
                world.Agenda.In(world.Between(0.1, 40), () => Revive(box));
                break;
            case 7 when box.IsUp && !box.IsStopping:
                box.Stop();
                world.Agenda.In(world.Between(5, 40), () => Revive(box));
                break;
            case 8:
                SetClock(box);
                break;
            case 9 or 10:
                Reconfigure(box);
                break;
            case 11 when Random.Next(3) is 0:
                Close(box);
                break;
            default:
                break;
        }
    }

    /// <summary>Restores everything but the clocks.</summary>
    public void HealAll()
    {
        world.Log("faults: all healed");
        world.Links.HealAll();
        foreach (var plan in plans)
        {
            var box = world.Boxes[plan.Name];
            box.Configure(plan);
            Revive(box);
        }
    }

    private void Revive(Box box)
    {
        if (box.IsStopping)
            world.Agenda.In(1, () => Revive(box));
        else if (!box.IsUp)
            box.Start();
    }

    private void Break()
    {
        if (world.Links.Connections is { Count: > 0 } open)
        {
            var connection = open[Random.Next(open.Count)];
            world.Log($"connection {connection.Client}→{connection.ServerName} breaks");
            connection.Break();
        }
    }

    private void Cut(Box box)
    {
        var others = world.Boxes.Values
            .Where(other => box.Plan.Downstream.Contains(other.Name) || other.Plan.Downstream.Contains(box.Name)).ToArray();
        others = Random.Next(2) is 0 || others is [] ? others : Random.GetItems(others, 1);
        world.Log($"{box.Name} is cut off from {string.Join(' ', others.Select(other => other.Name))}");
        var seconds = Random.Next(3) is 0 ? world.Between(30, 120) : world.Between(0.5, 30);
        foreach (var other in others)
        {
            world.Links.Cut(box.Name, other.Name);
            world.Agenda.In(seconds, () => world.Links.Heal(box.Name, other.Name));
        }
    }

    private void Slow(Box box)
    {
        foreach (var name in box.Plan.Downstream)
        {
            world.Links.SetDelay(box.Name, name, world.Between(0.2, 3));
            world.Agenda.In(world.Between(5, 40), () => world.Links.SetDelay(box.Name, name, null));
        }

        world.Log($"{box.Name} is slow");
    }

    private void SetClock(Box box)
    {
        box.Skew = Random.Next(3) switch { 0 => 0, 1 => world.Between(-5, 5), _ => world.Between(-3600, 3600) };
        world.Log($"clock of {box.Name} is set to {box.Skew:0.0}");
    }

    private void Reconfigure(Box box)
    {
        var plan = box.Plan;
        var pools = new Dictionary<string, PoolSettings>(plan.Settings.Pools);
        if (Random.Next(2) is 0 && plan.Downstream is not [])
        {
            var name = plan.Downstream[Random.Next(plan.Downstream.Count)];
            world.Log($"link {box.Name}→{name} removed");
            box.Configure(plan with { Downstream = [.. plan.Downstream.Where(other => other != name)] });
        }
        else if (pools.Count > 0)
        {
            var pool = pools.Keys.ElementAt(Random.Next(pools.Count));
            switch (Random.Next(4))
            {
                case 0:
                    _ = pools.Remove(pool);
                    break;
                case 1:
                    pools[pool] = pools[pool] with { Hold = true };
                    break;
                default:
                    pools[pool] = pools[pool] with { Slots = Random.Next(-1, 4) };
                    break;
            }

            world.Log($"pool {pool} of {box.Name} is now {pools.GetValueOrDefault(pool)}");
            box.Configure(plan with { Settings = plan.Settings with { Pools = pools } });
        }

        world.Agenda.In(world.Between(1, 40), () =>
        {
            world.Log($"configuration of {box.Name} restored");
            box.Configure(plans.First(first => first.Name == box.Name));
        });
    }

    // Adds a link that closes a cycle, as a configuration mistake does.
    private void Close(Box box)
    {
        var above = world.Boxes.Values.Where(other => other.Plan.Downstream.Contains(box.Name)).ToArray();
        if (above is not [])
        {
            var name = above[Random.Next(above.Length)].Name;
            world.Log($"link {box.Name}→{name} added: a cycle");
            box.Configure(box.Plan with { Downstream = [.. box.Plan.Downstream, name] });
            world.Agenda.In(world.Between(5, 40), () => box.Configure(plans.First(first => first.Name == box.Name)));
        }
    }
}
