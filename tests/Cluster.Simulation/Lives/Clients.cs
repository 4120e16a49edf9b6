using System.Globalization;
using System.Text.Json;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Jobs;
using MeeseeksBox.Simulation.Boxes;

namespace MeeseeksBox.Simulation.Lives;

/// <summary>Clients that submit, change, kill and restart jobs at any box that is up.</summary>
internal sealed class Clients(World world)
{
    private int _submitted;

    private Random Random => world.Random;

    /// <summary>Sends one random request.</summary>
    public void Act()
    {
        var up = world.Boxes.Values.Where(box => box.IsUp && !box.IsStopping).ToArray();
        if (up is [])
            return;

        var box = up[Random.Next(up.Length)];
        switch (Random.Next(11))
        {
            case < 6:
                Submit(box);
                break;
            case 6 when Any(box, job => job.IsLive || job.Phase is JobPhase.PresumedLost) is { } live:
                Kill(box, live.Id);
                break;
            case 7 when Any(box, job => job.IsLive) is { } live:
                var tag = $"t{Random.Next(100)}";
                if (Submit(box, $$"""{"id":"{{live.Id}}","tags":["{{tag}}"]}"""))
                    world.Account.NoteSpecChange(box, live.Id, tag);
                break;
            case 8 when Any(box, job => job.IsLive && job.Spec.Hold is true) is { } held:
                if (Submit(box, $$"""{"id":"{{held.Id}}","hold":false}"""))
                    world.Account.NoteSpecChange(box, held.Id, null);
                break;
            case 9 when Random.Next(2) is 0 && Any(box, job => job.HasEnded && job.Spec.Pool is not NodeSettings.ConfigPool) is { } ended:
                // Counted before, because it may start at once.
                world.Account.Story(ended.Id).IsRestarted = true;
                _ = Submit(box, $$"""{"id":"{{ended.Id}}","state":"new"}""");
                break;
            case 10 when Any(box, job => job.Status.State is JobState.Running) is { } running:
                var isSuspended = running.Spec.Suspended is not true;
                world.Log($"{box.Name}: {(isSuspended ? "suspend" : "resume")} {running.Id}");
                _ = box.Do(Turn.Own, (core, now) => core.SetSuspended(running.Id, isSuspended, now));
                break;
            default:
                break;
        }
    }

    /// <summary>Makes every job end: releases holds, ends restarts, kills stranded jobs.</summary>
    public void LetAllEnd()
    {
        foreach (var box in world.Boxes.Values)
        {
            foreach (var job in box.Jobs.Where(job => !job.HasEnded && MayNotEnd(box, job)).ToArray())
            {
                if (IsStranded(box, job) || Random.Next(3) is 0)
                {
                    Kill(box, job.Id);
                }
                else
                {
                    _ = Submit(box, $$"""{"id":"{{job.Id}}","hold":false,"restart":false,"resubmit":false}""");
                }
            }
        }
    }

    private bool MayNotEnd(Box box, Job job) =>
        job.Spec.Hold is true || job.Spec.Restart is true || job.Spec.Resubmit is true || IsStranded(box, job);

    // The job is pinned to a box without its pool, or no reachable box has the pool.
    private bool IsStranded(Box box, Job job) =>
        job.Status.Node is null ? !Reach(box.Name).Any(name => HasPool(name, job.Spec.Pool))
        : !HasPool(job.Status.Node, job.Spec.Pool) && !Reach(job.Status.Node).Any(name => HasPool(name, job.Spec.Pool));

    private void Submit(Box box)
    {
        var pool = Random.Next(4) is 0 ? "p2" : "p1";
        var node = Target(box, pool);
        if (node is null && !Reach(box.Name).Any(name => HasPool(name, pool)))
            return;

        var id = $"j{++_submitted}";
        var seconds = Random.Next(4) is 0 ? world.Between(5, 40) : world.Between(0.01, 5);
        var outcome = Random.Next(6) switch { 0 => "failed", 1 => "flaky", 2 when Random.Next(4) is 0 => "unable", _ => "done" };

        // Too long for a short line, alone or with others.
        var rest = Random.Next(12) is 0 ? new string('x', Random.Next(6000)) : "";
        var keys = new List<string>
        {
            $"\"id\":\"{id}\"",
            $"\"pool\":\"{pool}\"",
            string.Create(CultureInfo.InvariantCulture, $"\"args\":[\"work\",\"{seconds:0.###}\",\"{outcome}\",\"{rest}\"]"),
        };
        if (Random.Next(20) is 0)
        {
            keys[1] = "\"pool\":\"__config\"";
            keys[2] = $$"""
                "args":{"slots":{{1 + Random.Next(3)}}}
                """.Trim();
            node = $"\"{Pick(Reach(box.Name))}\"";
        }
        else
        {
            AddOften(1, 3, () => keys.Add($"\"retries\":{Random.Next(3)}"));
            AddOften(1, 12, () => keys.Add("\"hold\":true"));
            AddOften(1, 25, () => keys.Add("\"restart\":true"));
            AddOften(1, 25, () => keys.Add("\"resubmit\":true"));
            AddOften(1, 12, () => keys.Add(string.Create(CultureInfo.InvariantCulture, $"\"runtime\":{world.Between(0.1, 10):0.##}")));
        }

        if (node is not null)
            keys.Add($"\"node\":{node}");

        _ = Submit(box, $"{{{string.Join(',', keys)}}}");
    }

    private void AddOften(int times, int of, Action add)
    {
        if (Random.Next(of) < times)
            add();
    }

    // Null leaves the choice to the cluster.
    private string? Target(Box box, string pool)
    {
        var able = Connected(box.Name).Where(name => HasPool(name, pool)).ToArray();
        return able is [] ? null : Random.Next(6) switch
        {
            0 or 1 => $"\"{Pick(able)}\"",
            2 => $"[{string.Join(',', Random.GetItems(able, 2).Distinct().Select(name => $"\"{name}\""))}]",
            3 when box.Core.Nodes.WithPool(pool).Count > 0 => "\"n*\"",
            _ => null,
        };
    }

    private string Pick(string[] names) => names[Random.Next(names.Length)];

    private bool HasPool(string name, string pool) => pool is NodeSettings.ConfigPool
        ? world.Boxes.ContainsKey(name)
        : world.Boxes.TryGetValue(name, out var box) && box.Plan.Settings.Pools.ContainsKey(pool);

    private string[] Reach(string name)
    {
        var reached = new List<string> { name };
        for (var index = 0; index < reached.Count; index++)
            reached.AddRange(world.Boxes[reached[index]].Plan.Downstream.Except(reached));

        return [.. reached];
    }

    // All boxes that a job from here can reach: those below it, and those below a box above it.
    private IEnumerable<string> Connected(string name) =>
        world.Boxes.Keys.Where(above => Reach(above).Contains(name)).SelectMany(Reach).Distinct();

    private Job? Any(Box box, Func<Job, bool> which)
    {
        var able = box.Core.Snapshot().Where(which).ToArray();
        return able is [] ? null : able[Random.Next(able.Length)];
    }

    private void Kill(Box box, string id)
    {
        world.Log($"{box.Name}: kill {id}");
        if (box.Do(Turn.Own, (core, now) => core.Kill(id, now)) is { } killed)
            world.Account.NoteKilled(box, killed);
    }

    private bool Submit(Box box, string json)
    {
        world.Log($"{box.Name}: submit {json}");
        using var document = JsonDocument.Parse(json);
        var spec = SubmitArgument.Read(document.RootElement);
        var answer = box.Do(Turn.Own, (core, now) => core.Submit(spec, now));
        world.Log($"{box.Name}: {answer.Error ?? "accepted"} {string.Join("; ", answer.Warnings)}");
        return answer.Error is null;
    }
}
