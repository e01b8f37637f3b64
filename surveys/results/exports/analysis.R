# The sampling design of a published run, and one of its tables made again.
#
#   Rscript analysis.R
#
# Needs R and its package "survey". After source("analysis.R") the object `design` is ready:
# data.csv     one row a respondent: design, weights, domains, indicators (see variables.csv)
# cells.csv    the population counts that the weights were raked to, if they were
# published.csv  the table as it was published
#
# Strata with a single village were joined with their neighbour before the data were written.
suppressPackageStartupMessages(library(survey))

script <- grep("^--file=", commandArgs(FALSE), value = TRUE)
here <- if (length(script) > 0) dirname(sub("^--file=", "", script[1])) else "."
table_of <- function(name, ...) {
  read.csv(file.path(here, name), encoding = "UTF-8", check.names = FALSE, ...)
}

options(survey.lonely.psu = "fail", digits = 7)
data <- table_of("data.csv", colClasses = c(commune = "character"))
published <- table_of("published.csv", colClasses = c(commune = "character"))

start <- if ("weight_before" %in% names(data)) data$weight_before else data$weight
design <- if ("fpc_hh" %in% names(data)) {
  svydesign(ids = ~psu + hh, strata = ~stratum, fpc = ~fpc_psu + fpc_hh, weights = start,
            data = data)
} else {
  svydesign(ids = ~psu, strata = ~stratum, weights = start, data = data)
}
if ("weight_before" %in% names(data)) {
  cells <- table_of("cells.csv")
  for (cell in cells$cell) {
    design$variables[[paste0("cell_", cell)]] <- as.numeric(data$cell %in% cell)
  }
  names_of_cells <- paste0("cell_", cells$cell)
  design <- calibrate(
    design, reformulate(names_of_cells, intercept = FALSE),
    population = setNames(cells$population, names_of_cells),
    calfun = "linear"  # of cells that share nobody: the weights that raking gives, too
  )
}
apart <- max(abs(weights(design) / data$weight - 1))
if (apart > 1e-6) stop("the weights of R are not those of the run: ", apart)

what <- published[1, ]
column <- what$column
design <- update(
  design,
  .y = design$variables[[column]],
  .in_base = design$variables[[what$base]] %in% 1
)

korn_graubard <- function(p, se, n, df, w) {
  flat <- p <= 0 || p >= 1 || se^2 <= 1e-20
  size <- if (flat) sum(w)^2 / sum(w^2) else
    min(n, p * (1 - p) / se^2 * (qt(0.975, n - 1) / qt(0.975, df))^2)
  c(if (size * p > 0) qbeta(0.025, size * p, size * (1 - p) + 1) else 0,
    if (size * (1 - p) > 0) qbeta(0.975, size * p + 1, size * (1 - p)) else 1)
}

again <- function(code) {
  part <- subset(design, .in_base & commune == code)
  found <- svymean(~.y, part, na.rm = TRUE)
  value <- as.numeric(coef(found))
  se <- as.numeric(SE(found))
  inside <- design$variables$.in_base & design$variables$commune == code &
    !is.na(design$variables$.y) & weights(design) != 0
  df <- degf(part)
  kind <- published$interval[published$commune == code]
  limits <- if (kind == "korn_graubard") {
    korn_graubard(value, se, sum(inside), df, weights(design)[inside])
  } else if (kind == "t_logit") {
    share <- value * what$scale / 100
    half <- qt(0.975, df) * se * what$scale / 100 / (share * (1 - share))
    100 / what$scale * plogis(qlogis(share) + c(-half, half))
  } else {
    value + c(-1, 1) * qt(0.975, df) * se
  }
  c(value, se, limits) * what$scale
}

made <- t(vapply(published$commune, again, numeric(4)))
colnames(made) <- c("estimate", "se", "lower", "upper")
beside <- data.frame(
  commune = published$name, n = published$n,
  published = published$estimate, R = made[, "estimate"],
  published_lower = published$lower, R_lower = made[, "lower"],
  published_upper = published$upper, R_upper = made[, "upper"],
  row.names = NULL
)
cat(what$title_en, " (", what$title_vi, "), ", what$base, ", run ", what$run, "\n\n", sep = "")
print(beside, right = FALSE)
largest <- max(abs(made - as.matrix(published[, colnames(made)])))
cat("\nlargest difference:", format(largest, digits = 3), "\n")
if (!is.finite(largest) || largest > 1e-6) {
  stop("R and the published table differ")
}
