using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Reconfiguration;

/// <summary>The settings that cannot change while the box runs.</summary>
internal static class FixedSettings
{
    /// <summary>A problem for each of them that differs.</summary>
    public static IEnumerable<string> Problems(BoxConfig old, BoxConfig changed)
    {
        if (changed.Name != old.Name)
            yield return $"name: '{old.Name}' cannot become '{changed.Name}' while the box runs; restart it";

        if (changed.State.File != old.State.File)
            yield return "state.file: cannot change while the box runs; restart it";

        if (changed.State.Durable != old.State.Durable)
            yield return "state.durable: cannot change while the box runs; restart it";
    }
}
