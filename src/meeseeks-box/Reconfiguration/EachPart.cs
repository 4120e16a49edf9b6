namespace MeeseeksBox.Agent.Reconfiguration;

/// <summary>Applies a valid configuration to each part of the box, also when one of them fails.</summary>
internal static class EachPart
{
    /// <summary>Runs the steps in their order.</summary>
    /// <param name="steps">The name of each part, and what applies the configuration to it.</param>
    /// <exception cref="AggregateException">Some steps failed, which the message names. All others have run.</exception>
    public static async Task ApplyAsync(params (string Part, Func<Task> Apply)[] steps)
    {
        var failures = new List<Exception>();
        foreach (var (part, apply) in steps)
        {
            try
            {
                await apply();
            }
#pragma warning disable CA1031 // One part with the old configuration is better than several.
            catch (Exception problem)
            {
                failures.Add(new InvalidOperationException($"{part}: {problem.Message}", problem));
            }
#pragma warning restore CA1031
        }

        if (failures is not [])
            throw new AggregateException("the other parts have the new configuration; reload it, or restart the box", failures);
    }
}
