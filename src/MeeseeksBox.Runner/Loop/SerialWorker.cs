using System.Collections.Concurrent;

namespace MeeseeksBox.Runner.Loop;

/// <summary>Runs work that may take its time, one piece after the other, on a thread of its own.</summary>
internal sealed class SerialWorker
{
    private const int StackSize = 256 * 1024;

    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Starts the thread.</summary>
    public SerialWorker() => new Thread(RunAll, StackSize) { IsBackground = true, Name = "serial work" }.Start();

    /// <summary>Runs a piece of work after all earlier ones. May be called by any thread.</summary>
    public void Run(Action work) => _work.Add(work);

    private void RunAll()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
