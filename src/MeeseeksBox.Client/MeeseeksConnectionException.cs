namespace MeeseeksBox.Client;

/// <summary>The box cannot be reached, or was lost before it answered. What was asked may still have been carried out when <see cref="WasSent"/>.</summary>
public sealed class MeeseeksConnectionException : MeeseeksException
{
    /// <summary>Says what happened.</summary>
    /// <param name="message">What happened, to what, and what to do.</param>
    /// <param name="wasSent">Whether the request, or a part of it, had gone off.</param>
    /// <param name="cause">What told of it.</param>
    public MeeseeksConnectionException(string message, bool wasSent = false, Exception? cause = null)
        : base(message, cause)
    {
        WasSent = wasSent;
    }

    /// <summary>True when the request, or a part of it, had gone off: nobody knows whether it was carried out.</summary>
    public bool WasSent { get; }
}
