using MeeseeksBox.Agent.Configuration;

namespace MeeseeksBox.Agent.Reconfiguration;

/// <summary>The settings that cannot change while the box runs.</summary>
internal static class FixedSettings
{
    /// <summary>A problem for each of them that differs.</summary>
    /// <param name="old">The configuration in force.</param>
    /// <param name="changed">The new one.</param>
    /// <param name="isRoot">True for a box that runs jobs as other users.</param>
    public static IEnumerable<string> Problems(BoxConfig old, BoxConfig changed, bool isRoot)
    {
        if (changed.Name != old.Name)
            yield return $"name: '{old.Name}' cannot become '{changed.Name}' while the box runs; restart it";

        // A request could lift the limit of all jobs otherwise.
        if (isRoot && (changed.User.User != old.User.User || (changed.User.User is not null && changed.User != old.User)))
            yield return "user, group: cannot change while the box runs; restart it";

        if (changed.State.File != old.State.File)
            yield return "state.file: cannot change while the box runs; restart it";

        if (changed.State.Durable != old.State.Durable)
            yield return "state.durable: cannot change while the box runs; restart it";
    }
}
