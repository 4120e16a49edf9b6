namespace MeeseeksBox.WatchAgent.Folders;

/// <summary>Reports the changes of folders to listeners.</summary>
internal interface IFolderEvents
{
    /// <summary>Subscribes a listener to the folder that is at its path now.</summary>
    /// <remarks>To be called before each read of the folder, because another folder may have replaced it.</remarks>
    /// <returns>The error; null when the listener is subscribed.</returns>
    string? Subscribe(IFolderListener listener);

    /// <summary>Ends the subscription of a listener.</summary>
    void Unsubscribe(IFolderListener listener);
}
