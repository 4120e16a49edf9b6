namespace TestProgram.Tasks;

/// <summary>A class that has nothing to do with jobs.</summary>
public sealed class NotATask;
