using MeeseeksBox.Runner.Protocol;

namespace MeeseeksBox.Runner.Limits;

/// <summary>The limits of memory and processors that an order has for a run.</summary>
/// <param name="Memory">The bytes that all processes of the run may use together; null for no limit.</param>
/// <param name="Cpus">Thousandths of a processor; null for no limit.</param>
internal sealed record RunLimits(long? Memory, int? Cpus)
{
    private const int MostCpus = 10_000_000;

    /// <summary>Reads the limits of an order; null without any.</summary>
    public static RunLimits? Of(RunnerMessage order)
    {
        var memory = order.Number(RunnerField.Memory) is > 0 and var bytes ? bytes : default(long?);
        var cpus = order.Number(RunnerField.Cpus) is > 0 and var thousandths ? (int)Math.Min(thousandths, MostCpus) : default(int?);
        return memory is null && cpus is null ? null : new RunLimits(memory, cpus);
    }
}
