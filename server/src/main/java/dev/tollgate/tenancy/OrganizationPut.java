package dev.tollgate.tenancy;

/** The outcome of a put: the organization as it is now, and whether it was made. */
public record OrganizationPut(Organization organization, boolean created) {}
