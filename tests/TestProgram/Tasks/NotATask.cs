namespace TestProgram.Tasks;

/// <summary>A class that is not a task.</summary>
public sealed class NotATask;
