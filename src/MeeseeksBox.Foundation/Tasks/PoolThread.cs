using System.Runtime.CompilerServices;

namespace MeeseeksBox.Foundation.Tasks;

/// <summary>The way from the threads of the sockets, which must not wait, to the thread pool.</summary>
public static class PoolThread
{
    /// <summary>Awaited, has the rest of the method run on the thread pool. On the pool, it does nothing.</summary>
    public static Switch EnterAsync() => default;

    /// <summary>The awaitable of <see cref="EnterAsync"/>.</summary>
    public readonly struct Switch : ICriticalNotifyCompletion
    {
        /// <summary>Whether this is a thread of the pool.</summary>
        public bool IsCompleted => Thread.CurrentThread.IsThreadPoolThread;

        /// <summary>Returns itself.</summary>
        public Switch GetAwaiter() => this;

        /// <summary>Does nothing.</summary>
        public void GetResult()
        {
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) =>
            ThreadPool.QueueUserWorkItem(static rest => rest(), continuation, preferLocal: false);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) =>
            ThreadPool.UnsafeQueueUserWorkItem(static rest => rest(), continuation, preferLocal: false);
    }
}
