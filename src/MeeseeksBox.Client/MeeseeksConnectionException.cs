namespace MeeseeksBox.Client;

/// <summary>The box cannot be reached, or the connection was lost before the answer.</summary>
/// <remarks>If <see cref="WasSent"/> is true, the box may have executed the request.</remarks>
public sealed class MeeseeksConnectionException : MeeseeksException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The failure, its cause, and what to do.</param>
    /// <param name="wasSent">Whether the request, or a part of it, had been sent.</param>
    /// <param name="cause">The exception that reported the failure.</param>
    public MeeseeksConnectionException(string message, bool wasSent = false, Exception? cause = null)
        : base(message, cause)
    {
        WasSent = wasSent;
    }

    /// <summary>Whether the request, or a part of it, had been sent, so that the box may have executed it.</summary>
    public bool WasSent { get; }

    /// <summary>Whether the other side accepted the request and did not answer in time. An immediate retry is useless then.</summary>
    internal bool IsSilence { get; init; }

    /// <summary>Whether the box was at its limit of connections, and may have room again.</summary>
    internal bool IsBusy { get; init; }
}
